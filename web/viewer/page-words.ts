import type { PageWord, PageWords } from '../api/types.ts';

/** A part of a page, in the same parts as its words. */
export type Mark = Pick<PageWord, 'x' | 'y' | 'width' | 'height'>;

export interface Found {
  /** How often the words stand on the page. */
  hits: number;
  /** A hit that goes over the end of a line has two. */
  marks: Mark[];
}

const wide = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
/** Between these, a blank parts two words; Chinese and its marks know none. */
const spaced = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u;
const wider = /[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60\u{20000}-\u{3ffff}]/u;

/** So that full-width and half-width, large and small letters are the same. */
export const plain = (text: string) => text.normalize('NFKC').toLowerCase();

/** Whether a blank stands between two words of a line. */
export function isParted(before: string, after: string): boolean {
  return spaced.test(before.at(-1) ?? '') && spaced.test(after.at(0) ?? '');
}

/** What is looked for: words between blanks, each once. Quotes are of the search, not of the page. */
export function termsOf(find: string): string[] {
  const terms = plain(find)
    .split(/[\s"“”「」]+/)
    .filter((term) => term !== '');
  return [...new Set(terms)].slice(0, 20);
}

/** One letter of the page: the word it is of, and from where to where it goes in it. */
interface Letter {
  word: PageWord | null;
  from: number;
  to: number;
}

function readLetters({ lines }: PageWords): { text: string; letters: Letter[] } {
  let text = '';
  const letters: Letter[] = [];
  let before = '';
  for (const word of lines.flat()) {
    if (isParted(before, word.text)) {
      text += ' ';
      letters.push({ word: null, from: 0, to: 0 });
    }
    before = word.text;
    const signs = [...word.text];
    const weights = signs.map((sign) => (wider.test(sign) ? 2 : 1));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    let at = 0;
    for (const [index, sign] of signs.entries()) {
      const from = at / whole;
      at += weights[index] ?? 1;
      const normal = plain(sign);
      text += normal;
      for (let unit = 0; unit < normal.length; unit++) letters.push({ word, from, to: at / whole });
    }
  }
  return { text, letters };
}

function marksOf(letters: readonly Letter[]): Mark[] {
  const marks: { word: PageWord; from: number; to: number }[] = [];
  for (const { word, from, to } of letters) {
    const last = marks.at(-1);
    if (!word) continue;
    if (last?.word === word) last.to = to;
    else marks.push({ word, from, to });
  }
  return marks.map(({ word, from, to }) => ({
    x: word.x + from * word.width,
    y: word.y,
    width: (to - from) * word.width,
    height: word.height,
  }));
}

/** The words that a Chinese one is made of, as the search looks for them, too. */
export function partsOf(term: string): string[] {
  // Unknown to Firefox before 125; there only whole terms are marked.
  if (typeof Intl.Segmenter === 'undefined') return [];
  const segments = [...new Intl.Segmenter('zh', { granularity: 'word' }).segment(term)];
  return segments.flatMap(({ segment, isWordLike }) => (isWordLike && segment.length > 1 ? [segment] : []));
}

/** Every place of the term. Inside longer words and numbers only where it stands nowhere by itself. */
function placesOf(text: string, term: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) places.push(at);
  if (wide.test(term)) return places;
  const alone = places.filter(
    (at) => !isParted(text.slice(0, at), term) && !isParted(term, text.slice(at + term.length)),
  );
  return alone.length > 0 ? alone : places;
}

/**
 * Where the terms stand on a page, also over the ends of its lines, which in Chinese part anything; when none of them
 * does, the words that they are made of.
 */
export function findOnPage(words: PageWords, terms: readonly string[]): Found {
  const { text, letters } = readLetters(words);
  const find = (sought: readonly string[]): Found => {
    const hits = sought.flatMap((term) => placesOf(text, term).map((at) => letters.slice(at, at + term.length)));
    return { hits: hits.length, marks: hits.flatMap(marksOf) };
  };
  const found = find(terms);
  return found.hits > 0 ? found : find([...new Set(terms.flatMap(partsOf))]);
}
