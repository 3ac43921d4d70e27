/** What was typed, taken apart. */
export interface Query {
  /** Words that count, in their order; blanks between them. */
  words: string;
  /** Each has to stand in a hit as it is. */
  phrases: readonly string[];
  /** None of these may stand in a hit. */
  excluded: readonly string[];
}

const signs: Record<string, string> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '＂': '"',
  '「': '"',
  '」': '"',
  '『': '"',
  '』': '"',
};
const minus = /^[-－−–]/u;

/**
 * Reads the two signs that a search knows: quotes keep words together, a minus before a word or a phrase
 * excludes it. Full-width and Chinese signs mean the same. A quote that is never closed reaches to the end.
 */
export function parseQuery(text: string): Query {
  const plain = text.replaceAll(/[“”„＂「」『』]/gu, (sign) => signs[sign] ?? sign);
  const words: string[] = [];
  const phrases: string[] = [];
  const excluded: string[] = [];
  for (const [part, before = '', quoted] of plain.matchAll(/([-－−–]?)"([^"]*)"?|[^\s"]+/gu)) {
    if (quoted !== undefined) {
      const phrase = quoted.trim();
      if (phrase !== '') (before === '' ? phrases : excluded).push(phrase);
    } else if (minus.test(part)) {
      const word = part.replace(/^[-－−–]+/u, '');
      if (word !== '') excluded.push(word);
    } else {
      words.push(part);
    }
  }
  return { words: words.join(' '), phrases, excluded };
}

/** Whether it names anything that a hit has to hold. */
export function isBlank(query: Query): boolean {
  return query.words === '' && query.phrases.length === 0;
}

/** The query in Meilisearch's language (https://www.meilisearch.com/docs/reference/api/search). */
export function toMeilisearchQuery({ words, phrases, excluded }: Query): string {
  const quoted = (text: string) => `"${text.replaceAll('"', ' ')}"`;
  return [
    words.replaceAll('"', ' '),
    ...phrases.map(quoted),
    // As a phrase also of one word: of several that a Chinese word is taken apart into, only the first would count.
    ...excluded.map((text) => `-${quoted(text)}`),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
