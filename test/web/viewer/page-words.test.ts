import { expect, it } from 'vitest';
import { findOnPage, isParted, termsOf } from '../../../web/viewer/page-words.ts';

/** Lines of words in a row, each 1000 wide. */
const page = (...lines: string[][]) => ({
  lines: lines.map((line, row) =>
    line.map((text, index) => ({ text, x: index * 1000, y: row * 500, width: 1000, height: 400 })),
  ),
});
const find = (words: ReturnType<typeof page>, sought: string) => findOnPage(words, termsOf(sought));

it('marks the part of a word that is looked for', () => {
  expect(find(page(['初步认识分数']), '分数')).toEqual({
    hits: 1,
    marks: [{ x: (4 / 6) * 1000, y: 0, width: (2 / 6) * 1000, height: 400 }].map((mark) => ({
      ...mark,
      width: expect.closeTo(mark.width, 6),
    })),
  });
});

it('finds what goes over the end of a line', () => {
  const { hits, marks } = find(page(['几分'], ['之一的认识']), '几分之一');
  expect(hits).toBe(1);
  expect(marks).toEqual([
    { x: 0, y: 0, width: 1000, height: 400 },
    { x: 0, y: 500, width: 400, height: 400 },
  ]);
});

it('finds each of several words, everywhere', () => {
  expect(find(page(['分数', '大小', '分数分数']), '分数 大小').hits).toBe(4);
});

it('takes wide and narrow, large and small letters for the same', () => {
  expect(find(page(['ＡＢＣ，１２３']), 'abc').hits).toBe(1);
  expect(find(page(['abc,123']), '１２３').hits).toBe(1);
});

it('finds words of letters whole only, and parts them by blanks', () => {
  expect(find(page(['Fractions', 'art', 'party', '12', '123']), 'art').hits).toBe(1);
  expect(find(page(['Fractions', 'art', 'party', '12', '123']), '12').hits).toBe(1);
  expect(find(page(['第3课分数']), '3').hits).toBe(1);
});

it('finds parts of words only where the word stands nowhere by itself', () => {
  expect(find(page(['Fractions', 'fraction']), 'frac').hits).toBe(2);
  expect(find(page(['frac', 'fraction']), 'frac').hits).toBe(1);
});

it('finds the words of a longer one that stands nowhere whole', () => {
  expect(find(page(['分数', '怎样计算']), '分数计算').hits).toBe(2);
  expect(find(page(['分数计算', '分数']), '分数计算').hits).toBe(1);
});

it('weighs letters by their width', () => {
  const [mark] = find(page(['ab分']), '分').marks;
  expect(mark).toMatchObject({ x: 500, width: 500 });
});

it('finds nothing where there is nothing', () => {
  expect(find(page([]), '分数')).toEqual({ hits: 0, marks: [] });
  expect(find(page(['分数']), '  " ')).toEqual({ hits: 0, marks: [] });
});

it('reads what is looked for as the search does', () => {
  expect(termsOf('"分数 大小" 分数　ABC')).toEqual(['分数', '大小', 'abc']);
  expect([isParted('a', 'b'), isParted('分', 'b'), isParted('3', '课'), isParted('', 'b')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
