import { describe, expect, it } from 'vitest';
import { isBlank, parseQuery } from '../../search/index.ts';
import { toMeilisearchQuery } from '../../search/query.ts';

describe('a query', () => {
  it.each([
    ['分数 课件', '分数 课件', [], []],
    ['"圆的面积" 练习', '练习', ['圆的面积'], []],
    ['“圆的面积”', '', ['圆的面积'], []],
    ['「圆的面积」练习', '练习', ['圆的面积'], []],
    ['分数 -小数', '分数', [], ['小数']],
    ['分数 －小数 −百分数', '分数', [], ['小数', '百分数']],
    ['分数 -"练习 课"', '分数', [], ['练习 课']],
    ['where-is my car', 'where-is my car', [], []],
    ['"没有结束', '', ['没有结束'], []],
    ['- -- "" -""', '', [], []],
    ['  分数\t\n初步  ', '分数 初步', [], []],
  ])('%s', (typed, words, phrases, excluded) => {
    expect(parseQuery(typed)).toEqual({ words, phrases, excluded });
  });

  it('is blank when it names nothing that a hit has to hold', () => {
    expect(isBlank(parseQuery('  '))).toBe(true);
    expect(isBlank(parseQuery('-小数'))).toBe(true);
    expect(isBlank(parseQuery('"分数"'))).toBe(false);
  });

  it('goes to the index with its signs, and with none that was typed inside', () => {
    expect(toMeilisearchQuery(parseQuery('分数 "几分 之一" -小数'))).toBe('分数 "几分 之一" -"小数"');
    expect(toMeilisearchQuery({ words: 'a"b', phrases: ['c"d'], excluded: ['e"f'] })).toBe('a b "c d" -"e f"');
  });
});
