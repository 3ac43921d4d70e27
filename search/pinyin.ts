import { pinyin } from 'pinyin-pro';
import { hanRuns, segmenter } from './words.ts';

/** Longest run of syllables that is indexed from one word on; nobody types more without seeing the hit. */
const LONGEST_RUN = 8;

/**
 * How a Chinese text is typed by its sounds: each word, and from its start on the full syllables
 * and their initials, such as `renshi`, `renshifenshu`, `rsfs`, `fenshu`, `fs` for 认识分数.
 * The index searches by prefix, so every shorter form is found as well; a whole word is found first.
 */
export function soundsOf(texts: readonly string[]): string[] {
  const sounds = new Set<string>();
  for (const text of texts) {
    for (const [run] of text.matchAll(hanRuns)) {
      // The whole run at once, because a character is read by its neighbours (银行, 行走).
      const syllables = pinyin(run, { toneType: 'none', type: 'array', v: true });
      let start = 0;
      for (const { segment } of segmenter.segment(run)) {
        // A syllable is of a character, and a rare one of these is two units long.
        const { length } = [...segment];
        sounds.add(syllables.slice(start, start + length).join(''));
        const heard = syllables.slice(start, start + LONGEST_RUN);
        sounds.add(heard.join(''));
        if (heard.length > 1) sounds.add(heard.map(([first = '']) => first).join(''));
        start += length;
      }
    }
  }
  return [...sounds];
}

/** How a query sounds: 草船接箭 is caochuanjiejian, as 草船借箭 is. Null when there is nothing Chinese in it. */
export function soundOf(words: string): string | null {
  if (!/\p{Script=Han}/u.test(words)) return null;
  return words
    .split(/\s+/u)
    .map((word) => pinyin(word, { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' }).join(''))
    .join(' ');
}
