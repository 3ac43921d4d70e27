import { describe, expect, it } from 'vitest';
import { fillIn } from '../../web/locales/fill-in.ts';

describe('a message', () => {
  it('is filled in by name, and a slot that nothing is named for stays empty', () => {
    expect(fillIn('{name} 的上传进度', { name: '分数.pptx' })).toBe('分数.pptx 的上传进度');
    expect(fillIn('{a}, {b} and {a}', { a: 0, b: null })).toBe('0,  and 0');
  });

  it('fills in what is given as it is, also where that looks like a slot or a form', () => {
    expect(fillIn('《{title}》', { title: '$& {n} | 二' })).toBe('《$& {n} | 二》');
  });

  it.each([
    [0, '0 pages'],
    [1, '1 page'],
    [2, '2 pages'],
  ])('has a form for one and one for any other count: %i', (n, words) => {
    expect(fillIn('{n} page | {n} pages', { n }, n)).toBe(words);
    expect(fillIn('{n} page | {n} pages', { n })).toBe(words);
  });

  it.each([
    [0, 'no files'],
    [1, '1 file'],
    [7, '7 files'],
  ])('has a form for none, one and any other count: %i', (n, words) => {
    expect(fillIn('no files | {n} file | {n} files', { n }, n)).toBe(words);
  });

  it('has one form for every count in Chinese', () => {
    for (const n of [0, 1, 12]) expect(fillIn('共 {n} 页', { n }, n)).toBe(`共 ${n} 页`);
  });
});
