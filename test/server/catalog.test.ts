import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CatalogNode,
  CatalogNodeList,
  CatalogNodeWithAncestors,
  LessonList,
} from '../../server/catalog/schema.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createLibraryWorld, type LibraryWorld, textbooks } from './library-world.ts';

let world: LibraryWorld;
let admin: Browser;
let teacher: Browser;

beforeAll(async () => {
  world = await createLibraryWorld();
  admin = await world.signIn('admin');
  teacher = await world.signIn('teacher');
});
afterAll(() => world.close());

function importTable(browser: Browser, body: BodyInit, type = 'text/tab-separated-values') {
  return browser.post('/api/catalog/import', undefined, { body, headers: { 'content-type': type } });
}

async function children(parentId?: string): Promise<CatalogNode[]> {
  const response = await teacher.get(`/api/catalog/nodes${parentId ? `?parentId=${parentId}` : ''}`);
  return ((await response.json()) as CatalogNodeList).items;
}

/** Walks down by names. */
async function walk(...names: string[]): Promise<CatalogNode> {
  let at: CatalogNode | undefined;
  for (const name of names) {
    const found = (await children(at?.id)).find((node) => node.name === name);
    if (!found) throw new Error(`There is no ${name}.`);
    at = found;
  }
  if (!at) throw new Error('no name');
  return at;
}

const editions = `stage\tsubject\tedition\tchief_editor\tstart_grade\tpublisher\tfiles_seen
高中\t物理\t沪科技版\t\t\t上海科学技术出版社\t6
高中\t物理\t沪科教版\t\t\t上海科技教育出版社\t6
初中\t物理\t北师大版\t郭玉英\t\t北京师范大学出版社\t4
初中\t物理\t北师大版\t闫金铎\t\t北京师范大学出版社\t10
小学\t英语\t外研社版\t陈琳\t一年级起点\t外语教学与研究出版社\t12
小学\t英语\t外研社版\t陈琳\t三年级起点\t外语教学与研究出版社\t8
小学\t英语\t人教版（PEP）\t吴欣\t三年级起点\t人民教育出版社\t8
小学（五•四学制）\t数学\t人教版\t\t\t人民教育出版社\t2
小学\t数学\t人教版\t\t\t人民教育出版社\t2
`;

describe('import', () => {
  it('lays a list over the catalog, once', async () => {
    const first = await importTable(admin, textbooks);
    expect(await first.json()).toMatchObject({ created: 18, updated: 0, unchanged: 0 });
    const second = await importTable(admin, textbooks);
    expect(await second.json()).toMatchObject({ created: 0, updated: 0, unchanged: 18, changes: [] });
  });

  it('gives stages, subjects, grades and volumes their codes', async () => {
    const lesson = await walk('小学', '数学', '人教版', '三年级', '上册', '第八单元 分数的初步认识', '几分之一');
    const response = await teacher.get(`/api/catalog/nodes/${lesson.id}`);
    const { node, ancestors } = (await response.json()) as CatalogNodeWithAncestors;
    expect(node).toMatchObject({ level: 'lesson', name: '几分之一', childCount: 0 });
    expect(ancestors.slice(0, 5).map(({ slug }) => slug)).toEqual(['primary', 'math', 'renjiao', 'g3', 'vol1']);
    expect(ancestors.map(({ level }) => level)).toEqual(['stage', 'subject', 'edition', 'grade', 'volume', 'unit']);
  });

  it('tells editions apart that differ by a character, a chief editor or a first grade', async () => {
    expect((await importTable(admin, editions)).status).toBe(200);
    const senior = await children((await walk('高中', '物理')).id);
    expect(senior.map(({ name, slug }) => [name, slug])).toEqual([
      ['沪科技版', 'hukeji'],
      ['沪科教版', 'hukejiao'],
    ]);
    const junior = await children((await walk('初中', '物理')).id);
    expect(junior.map(({ name }) => name)).toEqual(['北师大版（郭玉英）', '北师大版（闫金铎）']);
    const english = await children((await walk('小学', '英语')).id);
    expect(english.map(({ name, slug }) => [name, slug])).toEqual([
      ['外研社版（陈琳，一年级起点）', 'waiyanshe-chenlin-g1'],
      ['外研社版（陈琳，三年级起点）', 'waiyanshe-chenlin-g3'],
      ['人教版（PEP，吴欣，三年级起点）', 'renjiao-pep-wuxin-g3'],
    ]);
    // The same edition has the same slug under every subject and stage.
    expect((await walk('小学（五•四学制）', '数学', '人教版')).slug).toBe('renjiao');
    expect((await walk('小学（五•四学制）')).slug).toBe('primary_54');
    expect((await walk('小学', '数学', '人教版')).childCount).toBe(2);
  });

  it('keeps ids and slugs when a publisher changes', async () => {
    const before = await walk('高中', '物理', '沪科技版');
    const changed = await importTable(admin, editions.replace('上海科学技术出版社', '上海科技出版社'));
    expect(await changed.json()).toMatchObject({ created: 0, updated: 1 });
    expect(await walk('高中', '物理', '沪科技版')).toEqual(before);
  });

  it('reads commas, quotation marks, a byte order mark and other headers', async () => {
    const csv = '\uFEFF学科,册次,学段,版本,年级,课,备注\r\n"科学",全一册,小学,"教科版",四年级,"声音,怎样产生",x\r\n';
    expect(await (await importTable(admin, csv, 'text/csv')).json()).toMatchObject({ created: 5 });
    expect((await walk('小学', '科学', '教科版', '四年级', '全一册', '声音,怎样产生')).level).toBe('lesson');
  });

  it('reads the GB 18030 that spreadsheets write', async () => {
    // 学段,学科 and below it 特教,音乐.
    const bytes = Buffer.from('d1a7b6ce2cd1a7bfc60accd8bdcc2cd2f4c0d60a', 'hex');
    expect((await importTable(admin, bytes, 'text/csv')).status).toBe(200);
    expect((await walk('特教', '音乐')).slug).toBe('music');
  });

  it('names the lines that it cannot read, and then changes nothing', async () => {
    const response = await importTable(admin, '学段\t学科\n小学\t劳动\n\t美术\n');
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: 'table_unreadable', errors: [{ path: 'line 3' }] });
    expect((await children((await walk('小学')).id)).map(({ slug }) => slug)).not.toContain('labour');
    expect(await outcome(importTable(admin, 'a,b\n1,2\n'))).toBe('422 table_header_missing');
    expect(await outcome(importTable(admin, ''))).toBe('422 table_header_missing');
    expect(await outcome(importTable(admin, '学段,学科\n'))).toBe('422 table_empty');
    expect(await outcome(importTable(admin, '学段,学科\n"小学,x\n', 'text/csv'))).toBe('422 table_unreadable');
  });

  it('is for administrators', async () => {
    for (const role of ['teacher', 'operator', 'principal', 'office'] as const) {
      expect(await outcome(importTable(await world.signIn(role), textbooks))).toBe('403 forbidden');
    }
    expect(await outcome(importTable(world.open(), textbooks))).toBe('401 not_signed_in');
  });

  it('lets two imports at once take turns', async () => {
    const answers = await Promise.all([1, 2].map(() => importTable(admin, '学段\t学科\t版本\n初中\t日语\t人教版\n')));
    const made = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { created: number }).created),
    );
    expect(made.toSorted()).toEqual([0, 2]);
  });
});

describe('reading', () => {
  it('lists the stages in their order', async () => {
    expect((await children()).map(({ slug }) => slug)).toEqual([
      'primary',
      'junior',
      'senior',
      'primary_54',
      'special',
    ]);
  });

  it('refuses strangers, unknown nodes and bad ids', async () => {
    const unknown = '0190aaaa-0000-7000-8000-000000000000';
    expect(await outcome(world.open().get('/api/catalog/nodes'))).toBe('401 not_signed_in');
    expect(await outcome(teacher.get(`/api/catalog/nodes/${unknown}`))).toBe('404 not_found');
    expect(await outcome(teacher.get(`/api/catalog/nodes?parentId=${unknown}`))).toBe('404 not_found');
    expect(await outcome(teacher.get('/api/catalog/nodes/x'))).toBe('400 invalid_input');
  });

  it('is open to the device of a room', async () => {
    const { browser } = await world.enrolDevice();
    expect((await browser.get('/api/catalog/nodes')).status).toBe(200);
  });
});

describe('lessons by their name', () => {
  const found = async (q: string) => {
    const response = await teacher.get(`/api/catalog/lessons?q=${encodeURIComponent(q)}`);
    return ((await response.json()) as LessonList).items;
  };

  it('are found by a part of it and by its pinyin, with the book that they are in', async () => {
    for (const q of ['几分之一', '分之一', 'jifenzhiyi', 'Ji fen zhi yi']) {
      expect([q, await found(q)]).toMatchObject([
        q,
        [{ grade: { slug: 'g3' }, volume: { slug: 'vol1' }, lesson: { name: '几分之一' } }],
      ]);
    }
  });

  it('come first when they begin with it, then what has it further on, units as well', async () => {
    const names = (await found('分数')).map(({ unit, lesson }) => lesson?.name ?? unit?.name);
    expect(names).toEqual(['分数的意义', '第八单元 分数的初步认识', '第四单元 分数的意义和性质']);
  });

  it('are not found by what stands for anything', async () => {
    expect(await found('%')).toEqual([]);
    expect(await found('_')).toEqual([]);
    expect(await outcome(teacher.get('/api/catalog/lessons?q='))).toBe('400 invalid_input');
  });
});
