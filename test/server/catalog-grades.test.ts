import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codeOf, textbookName } from '../../server/catalog/codes.ts';
import { readTextbookTable } from '../../server/catalog/textbook-table.ts';
import { growTree, mostNodes, type TreeNode } from '../../server/catalog/tree.ts';

const head = '学段,学科,版本,起点,年级,册次';
async function grow(present: readonly TreeNode[], ...lines: string[]) {
  const { rows, faults } = await readTextbookTable(Buffer.from([head, ...lines].join('\n')));
  expect(faults).toEqual([]);
  const ids = Array.from({ length: mostNodes(rows) }, () => randomUUID());
  return growTree(present, rows, ids);
}
const pathsOf = (nodes: readonly TreeNode[]) => nodes.map(({ path }) => path);
const namesOf = (nodes: readonly TreeNode[]) => nodes.map(({ name }) => name);

describe('a grade', () => {
  it.each(['三年级', '3', '３', '三', '3年级', '3 年级', '三 年级', ' 三年级 ', '三年', 'G3', 'Grade 3', '第3'])(
    'that is written %s is 三年级',
    async (written) => {
      const before = await grow([], '小学,数学,人教版,,三年级,上册');
      const again = await grow(before.created, `小学,数学,人教版,,${written},上册`);
      expect(again).toMatchObject({ created: [], updated: [], unchanged: 5 });
      const first = await grow([], `小学,数学,人教版,,${written},上册`);
      expect(namesOf(first.created)).toEqual(['小学', '数学', '人教版', '三年级', '上册']);
      expect(pathsOf(first.created)).toEqual(pathsOf(before.created));
    },
  );

  it.each([
    ['小学', '6', 'g6', '六年级'],
    ['初中', '1', 'g7', '七年级'],
    ['初中', '一年级', 'g7', '七年级'],
    ['初中', '8', 'g8', '八年级'],
    ['初中', '初一', 'g7', '初一'],
    ['初中', '初3', 'g9', '九年级'],
    // Of a five-four school whose stage is not written.
    ['初中', '六年级', 'g6', '六年级'],
    ['初中（五四学制）', '1', 'g6', '六年级'],
    ['初中（五四学制）', '九', 'g9', '九年级'],
    ['高中', '1', 'g10', '高一'],
    ['高中', '高二年级', 'g11', '高二'],
    ['高中', '12', 'g12', '高三'],
    ['高中', '十年级', 'g10', '十年级'],
    ['初中', '高中一年级', 'g10', '高一'],
    ['九年一贯', '7', 'g7', '七年级'],
  ])('of %s that is written %s is %s', (stage, written, slug, name) => {
    const code = codeOf('stage', stage)?.slug;
    expect(codeOf('grade', written, code)?.slug).toBe(slug);
    expect(textbookName('grade', written, code)).toBe(name);
  });

  it.each(['0', '13', '2026', '二十', '三年级（1）班', '全校', '低年级', '3.5级'])('is not what %s says', (written) => {
    expect(codeOf('grade', written)).toBeUndefined();
    expect(textbookName('grade', written)).toBe(written);
  });

  it('that editions begin with is one, however it is written', async () => {
    const before = await grow([], '小学,英语,外研社版,三年级起点,,');
    expect(namesOf(before.created)).toContain('外研社版（三年级起点）');
    for (const written of ['3年级起点', '3起点', '三起点']) {
      expect((await grow(before.created, `小学,英语,外研社版,${written},,`)).created).toEqual([]);
    }
  });
});

describe('a volume', () => {
  it.each([
    ['上', 'vol1', '上册'],
    ['上 册', 'vol1', '上册'],
    ['（上）', 'vol1', '上册'],
    ['上学期', 'vol1', '上册'],
    ['第二学期', 'vol2', '下册'],
    ['下', 'vol2', '下册'],
    ['全', 'full', '全一册'],
    ['全1册', 'full', '全一册'],
    ['必修1', 'req1', '必修1'],
    ['必修上册', 'req1', '必修上册'],
  ])('that is written %s has the code %s', (written, slug, name) => {
    expect(codeOf('volume', written)?.slug).toBe(slug);
    expect(textbookName('volume', written)).toBe(name);
  });
  it.each(['1', 'A', '上海', '下乡'])('is not what %s says', (written) => {
    expect(codeOf('volume', written)).toBeUndefined();
  });
});

describe('a catalog of before', () => {
  /** As it was made of a table that wrote 3, when that was a name of its own. */
  const old = (nodes: readonly TreeNode[], name: string) =>
    nodes.map((node) =>
      node.level === 'grade' ? { ...node, name, slug: name, path: node.path.replace(/g\d/, name) } : node,
    );

  it('grows no other grade out of the table it was made of', async () => {
    const { created } = await grow([], '小学,数学,人教版,,三年级,');
    const before = old(created, '3');
    expect((await grow(before, '小学,数学,人教版,,3,')).created).toEqual([]);
    expect((await grow(before, '小学,数学,人教版,,三年级,')).created).toEqual([]);
  });

  it('with 3 beside 三年级 grows below the latter, in whatever order they are read', async () => {
    const { created } = await grow([], '小学,数学,人教版,,三年级,');
    const grade = created.find(({ level }) => level === 'grade');
    if (!grade) throw new Error('no grade');
    const beside = { ...grade, id: randomUUID(), name: '3', slug: '3', path: grade.path.replace('g3', '3') };
    for (const present of [
      [...created, beside],
      [beside, ...created],
    ]) {
      const { created: grown } = await grow(present, '小学,数学,人教版,,3,上');
      expect(grown.map(({ name, parentId }) => ({ name, parentId }))).toEqual([{ name: '上册', parentId: grade.id }]);
    }
  });
});
