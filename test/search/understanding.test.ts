import { describe, expect, it } from 'vitest';
import { createUnderstander, type FacetField } from '../../search/index.ts';
import { namesOfCode, shortNamesOfCode } from '../../server/catalog/codes.ts';
import type { SlugName } from '../../server/catalog/service.ts';
import { knownWords } from '../../server/resources/known-words.ts';

const named: Omit<SlugName, 'otherNames' | 'shortNames'>[] = [
  { level: 'stage', slug: 'primary', name: '小学' },
  { level: 'stage', slug: 'primary_54', name: '小学（五•四学制）' },
  { level: 'stage', slug: 'senior', name: '高中' },
  { level: 'subject', slug: 'math', name: '数学' },
  { level: 'subject', slug: 'chinese', name: '语文' },
  { level: 'subject', slug: 'physics', name: '物理' },
  { level: 'edition', slug: 'renjiaoban', name: '人教版' },
  { level: 'edition', slug: 'renjiaoban-2', name: '人教版（主编 某）' },
  { level: 'edition', slug: 'tongbianban', name: '统编版' },
  { level: 'edition', slug: 'jiaokeban', name: '教科版' },
  { level: 'edition', slug: 'waiyansheban', name: '外研社版' },
  { level: 'edition', slug: 'hukejiban', name: '沪科技版' },
  { level: 'edition', slug: 'hukejiaoban', name: '沪科教版' },
  ...['三', '五', '六'].map((digit, place) => ({
    level: 'grade' as const,
    slug: `g${[3, 5, 6][place]}`,
    name: `${digit}年级`,
  })),
  { level: 'grade', slug: 'g10', name: '高一' },
  { level: 'volume', slug: 'vol1', name: '上册' },
  { level: 'volume', slug: 'vol2', name: '下册' },
  { level: 'volume', slug: 'req1', name: '必修 第一册' },
];
const names = named.map((one) => ({
  ...one,
  otherNames: namesOfCode(one.level, one.slug),
  shortNames: shortNamesOfCode(one.level, one.slug),
}));
const understand = createUnderstander(knownWords(names));
const none = new Set<FacetField>();

function read(typed: string, plain: ReadonlySet<FacetField> = none): string {
  const { words, understood } = understand(typed, plain);
  return [words, ...understood.map(({ field, values }) => `${field}=${values.join('|')}`)].join(' / ');
}

describe('conditions in what was typed', () => {
  it.each([
    ['三上数学', ' / grade=g3 / volume=vol1 / subject=math'],
    ['人教版五年级 草船借箭 课件', '草船借箭 / edition=renjiaoban|renjiaoban-2 / grade=g5 / kind=courseware'],
    ['人教版五年级草船借箭课件', '草船借箭 / edition=renjiaoban|renjiaoban-2 / grade=g5 / kind=courseware'],
    ['人教五上数学 分数', '分数 / edition=renjiaoban|renjiaoban-2 / grade=g5 / volume=vol1 / subject=math'],
    ['部编版 语文', ' / edition=tongbianban / subject=chinese'],
    ['高一物理必修一', ' / grade=g10 / subject=physics / volume=req1'],
    ['3年级下册', ' / grade=g3 / volume=vol2'],
    ['三年级的分数教案', '分数 / grade=g3 / kind=lesson_plan'],
    ['小学数学分数', '分数 / stage=primary|primary_54 / subject=math'],
    ['PPT 圆的面积', '圆的面积 / kind=courseware'],
    ['教案', ' / kind=lesson_plan'],
    ['我想找一份小学数学分数的实验视频', '分数 / stage=primary|primary_54 / subject=math / kind=experiment_video'],
    ['六年级比例的复习练习有哪些', '比例的复习 / grade=g6 / kind=exercise'],
    ['外研版 Module 3', 'Module 3 / edition=waiyansheban'],
    ['沪科教版 力', '力 / edition=hukejiaoban'],
    ['沪科技版 力', '力 / edition=hukejiban'],
    ['三年级 六年级', ' / grade=g3 / grade=g6'],
  ])('%s', (typed, expected) => {
    expect(read(typed)).toBe(expected);
  });

  it.each([
    '数学广角',
    '语文园地',
    '小学生守则',
    '教科书',
    '生活中的数学',
    '科学记数法',
    '课件制作',
    '上下',
    'ppts',
    '13年级',
    '九年级',
  ])('%s stays words', (typed) => {
    expect(read(typed)).toBe(typed);
  });

  it('leaves words alone where it is told to', () => {
    expect(read('五年级 课件', new Set<FacetField>(['grade']))).toBe('五年级 / kind=courseware');
    // What is a grade and a volume at once stays a word for the one and a condition for the other.
    expect(read('三上', new Set<FacetField>(['grade']))).toBe('三上 / volume=vol1');
  });
});
