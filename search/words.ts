// Making one takes longer than using it; it keeps nothing between uses.
export const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

export const hanRuns = /\p{Script=Han}+/gu;

const SHORTEST = 2;
const LONGEST = 4;

/**
 * Parts of the longer Chinese words, each by itself: 函数 of 二次函数, 借箭 of 草船借箭. The index takes a text apart
 * into whole words and finds nothing that begins within one.
 */
export function partsOf(texts: readonly string[]): string[] {
  const parts = new Set<string>();
  for (const text of texts) {
    for (const [run] of text.matchAll(hanRuns)) {
      for (const word of new Set([run, ...[...segmenter.segment(run)].map(({ segment }) => segment)])) {
        // Not by units: Meilisearch takes no document that holds half of a character.
        const characters = [...word];
        if (characters.length <= SHORTEST || characters.length > LONGEST) continue;
        for (let start = 1; start <= characters.length - SHORTEST; start++) parts.add(characters.slice(start).join(''));
      }
    }
  }
  return [...parts];
}
