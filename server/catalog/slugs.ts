import { pinyin } from 'pinyin-pro';

const LONGEST_SLUG = 48;

/** A name in the letters of an address: 人教版（PEP） is `renjiaoban-pep`. Never empty. */
export function romanize(name: string): string {
  const words = name
    .normalize('NFKC')
    .split(/[^\p{Script=Han}\p{Letter}\p{Number}]+/u)
    .map((word) => pinyin(word, { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' }).join(''))
    .map((word) => word.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
    .filter((word) => word !== '');
  return words.join('-').slice(0, LONGEST_SLUG).replace(/-$/, '') || 'node';
}

/** The wish itself, or the first of `wish-2`, `wish-3` … that is free. */
export function freeSlug(wish: string, isTaken: (slug: string) => boolean): string {
  if (!isTaken(wish)) return wish;
  for (let number = 2; ; number++) {
    const slug = `${wish}-${number}`;
    if (!isTaken(slug)) return slug;
  }
}
