import { partsOf, plain, termsOf } from './page-words.ts';

export interface Spoken {
  startMs: number;
  /** The term that is said then. */
  words: string;
}

interface Cue {
  startMs: number;
  text: string;
}

/** The first moment at which most of the words are said; else those that they are made of. */
export function findSpoken(cues: readonly Cue[], find: string): Spoken | null {
  const terms = termsOf(find);
  for (const sought of [terms, [...new Set(terms.flatMap(partsOf))]]) {
    let best: (Spoken & { count: number }) | null = null;
    for (const { startMs, text } of cues) {
      const said = sought.filter((term) => plain(text).includes(term));
      const [words] = said;
      if (words !== undefined && said.length > (best?.count ?? 0)) best = { startMs, words, count: said.length };
    }
    if (best) return { startMs: best.startMs, words: best.words };
  }
  return null;
}
