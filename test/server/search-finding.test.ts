import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { placeSchema, type ResourceSearchResult, searchResponseSchema } from '../../server/resources/schema.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createLibraryWorld, type LibraryWorld, textbooks, until } from './library-world.ts';

let world: LibraryWorld;
let teacher: Browser;
let member: Browser;
let stranger: Browser;
let admin: Browser;

const nodeNamed = async (name: string): Promise<string> => {
  const row = await world.db.selectFrom('catalog_node').select('id').where('name', '=', name).executeTakeFirstOrThrow();
  return row.id;
};

beforeAll(async () => {
  world = await createLibraryWorld();
  await world.catalog.import(Buffer.from(textbooks));
  [teacher, member, stranger, admin] = await Promise.all([
    world.signIn('teacher'),
    world.signIn('teacher', 'member'),
    world.signIn('teacher', 'stranger'),
    world.signIn('admin'),
  ]);
  world.startRelay();
  const [fraction, boat] = [await nodeNamed('几分之一'), await nodeNamed('草船借箭')];
  await world.publish(teacher, { title: '分数的初步认识', nodeId: fraction, description: '' });
  await world.publish(teacher, { title: '分数的初步认识课件', kind: 'courseware', nodeId: fraction, description: '' });
  await world.publish(teacher, { title: '《草船借箭》教学设计', nodeId: boat, description: '' });
  await world.publish(teacher, { title: '校内的几分之一', nodeId: fraction, visibility: 'school', description: '' });
  await publishWithPages('单元复习', ['长方形和正方形', '鸡兔同笼 100% 会做', '鸡兔同笼的假设法和鸡兔同笼的列表法']);
  await world.carried();
});
afterAll(() => world.close());

async function publishWithPages(title: string, pages: string[]): Promise<string> {
  const login = 'teacher-lead';
  const fileId = await world.addFile(login, `${title}.pdf`);
  await world.db
    .insertInto('page_text')
    .values(pages.map((text, index) => ({ file_id: fileId, number: index + 1, text })))
    .execute();
  await world.publish(teacher, { title, fileIds: [fileId], description: '', visibility: 'school' });
  return fileId;
}

async function search(browser: Browser, q: string, more = ''): Promise<ResourceSearchResult> {
  const response = await browser.get(`/api/resources?q=${encodeURIComponent(q)}${more}`);
  if (!response.ok) throw new Error(await response.text());
  return searchResponseSchema.parse(await response.json());
}
const titles = ({ items }: ResourceSearchResult) => items.map(({ title }) => title).toSorted();

describe('conditions in the words', () => {
  it('become filters that the answer names', async () => {
    const found = await search(member, '人教版三年级分数课件');
    expect(titles(found)).toEqual(['分数的初步认识课件']);
    expect(found.matched).toBe('words');
    expect(found.understood).toEqual([
      { word: '人教版', facet: 'edition', values: ['renjiao'], label: '人教版', applied: true },
      { word: '三年级', facet: 'grade', values: ['g3'], label: '三年级', applied: true },
      { word: '课件', facet: 'kind', values: ['courseware'], label: 'courseware', applied: true },
    ]);
  });

  it('stay words where the reader says so, or has chosen already', async () => {
    const plain = await search(member, '分数 课件', '&plain=kind');
    expect(plain.understood).toEqual([]);
    expect(titles(plain)).toEqual(['分数的初步认识课件']);
    const chosen = await search(member, '分数 课件', '&kind=lesson_plan');
    expect(chosen.understood).toEqual([]);
    expect(titles(chosen)).toEqual([]);
    expect(chosen.widenings).toEqual([{ without: 'kind', total: 1 }]);
    // Who opens such an address reads a name for what is chosen, though it counts none.
    const none = await search(member, '分数', '&grade=g5&facets=grade,subject');
    expect(none.facets).toEqual({ grade: [{ value: 'g5', label: '五年级', count: 0 }], subject: [] });
  });

  it('are set aside when nothing would be found with them', async () => {
    const found = await search(member, '人教版五年级 草船借箭 教案');
    expect(titles(found)).toEqual(['《草船借箭》教学设计']);
    expect(found.understood.map(({ facet, applied }) => [facet, applied])).toEqual([
      ['edition', false],
      ['grade', true],
      ['kind', true],
    ]);
  });

  it('alone list what there is', async () => {
    expect(titles(await search(member, '三上数学'))).toEqual(['分数的初步认识', '分数的初步认识课件']);
  });
});

describe('words', () => {
  it('are found by their sound when they are written otherwise', async () => {
    const found = await search(member, '草船接剑');
    expect(titles(found)).toEqual(['《草船借箭》教学设计']);
    expect(found.matched).toBe('sounds');
  });

  it('need not all be there when no resource has them all', async () => {
    const found = await search(member, '孩子认识分数 月亮');
    expect(titles(found)).toContain('分数的初步认识');
    expect(found.matched).toBe('some');
  });

  it('count less than the lesson that they name', async () => {
    // 借箭 is rarer than 几分之一.
    const found = await search(member, '几分之一怎样借箭');
    expect(titles(found)).toEqual(['分数的初步认识', '分数的初步认识课件']);
    expect(found.matched).toBe('some');
  });

  it.each([
    // 小 would begin 小学.
    '秋天小',
    // Nothing but its kind is there.
    '静夜思教案',
  ])('that no resource has find nothing: %s', async (words) => {
    expect(titles(await search(member, words))).toEqual([]);
  });

  it('stand together in quotes, and are kept out by a minus', async () => {
    expect(titles(await search(member, '"分数的初步"'))).toEqual(['分数的初步认识', '分数的初步认识课件']);
    expect(titles(await search(member, '"初步分数"'))).toEqual([]);
    expect(titles(await search(member, '初步认识 -课件'))).toEqual(['分数的初步认识']);
    expect(titles(await search(member, '-分数'))).toEqual(['《草船借箭》教学设计']);
  });

  it('are found within longer ones', async () => {
    expect(titles(await search(member, '借箭'))).toEqual(['《草船借箭》教学设计']);
  });
});

describe('inside documents', () => {
  it('a hit names its file and page, the one that holds most', async () => {
    const { items } = await search(teacher, '鸡兔同笼 列表');
    expect(items.map(({ title }) => title)).toEqual(['单元复习']);
    expect(items[0]?.inside).toMatchObject({ fileName: '单元复习.pdf', page: 3 });
    expect(items[0]?.inside?.text).toContain('\u0001鸡兔同笼\u0002的\u0001列表\u0002法');
  });

  it('nothing is said of a page where the title says it all', async () => {
    const { items } = await search(teacher, '分数');
    expect(items.length).toBeGreaterThan(1);
    expect(items.every(({ inside }) => inside === null)).toBe(true);
  });

  it('who may not see the resource finds nothing of its pages', async () => {
    expect((await search(member, '鸡兔同笼')).items).toEqual([]);
  });

  it('signs of a pattern are taken for themselves', async () => {
    expect((await search(teacher, '"100%"')).items[0]?.inside?.page ?? 2).toBe(2);
    expect((await search(teacher, '%%%')).items.every(({ inside }) => inside === null)).toBe(true);
  });
});

describe('suggestions', () => {
  const suggestions = z.object({ items: z.array(placeSchema) });
  async function suggest(browser: Browser, q: string): Promise<(string | undefined)[]> {
    const response = await browser.get(`/api/search/suggestions?q=${encodeURIComponent(q)}`);
    return suggestions.parse(await response.json()).items.map(({ lesson }) => lesson?.name);
  }

  it('name lessons by word, pinyin and initials, each once', async () => {
    expect(await suggest(member, '草船')).toEqual(['草船借箭']);
    expect(await suggest(member, 'caoch')).toEqual(['草船借箭']);
    expect(await suggest(member, 'jfzy')).toEqual(['几分之一']);
    expect(await suggest(member, '没有这一课')).toEqual([]);
  });

  it('know only what the searcher may see', async () => {
    expect(await suggest(stranger, '草船')).toEqual([]);
    expect(await outcome(world.open().get('/api/search/suggestions?q=x'))).toBe('401 not_signed_in');
    expect(await outcome(member.get('/api/search/suggestions?q='))).toBe('400 invalid_input');
  });

  it('there are none while the index is away', async () => {
    await world.door.cut();
    expect(await suggest(member, '草船')).toEqual([]);
    await world.door.restore();
  });
});

describe('synonyms', () => {
  const group = z.object({ id: z.uuid(), words: z.array(z.string()) });

  it('are found once an administrator has said so, and no longer when it is taken back', async () => {
    expect((await search(member, '三国故事')).items).toEqual([]);
    const made = group.parse(await (await admin.post('/api/synonyms', { words: ['三国故事', '草船借箭'] })).json());
    await until(async () => (await search(member, '三国故事')).items.length === 1);
    expect(titles(await search(member, '三国故事'))).toEqual(['《草船借箭》教学设计']);
    await admin.put(`/api/synonyms/${made.id}`, { words: ['赤壁', '草船借箭'] });
    await until(async () => (await search(member, '赤壁')).items.length === 1);
    expect((await admin.delete(`/api/synonyms/${made.id}`)).status).toBe(204);
    await until(async () => (await search(member, '赤壁')).items.length === 0);
  });

  it('come with what teachers usually say', async () => {
    const { items } = z.object({ items: z.array(group) }).parse(await (await admin.get('/api/synonyms')).json());
    expect(items.map(({ words }) => words)).toContainEqual(['教学设计', '教案', '教学方案']);
  });

  it.each([
    { words: ['一个'] },
    { words: ['教案', '教案'] },
    { words: ['PPT', 'ppt'] },
    { words: ['a"b', 'c'] },
    { words: ['', 'c'] },
    { words: Array.from({ length: 21 }, (_, number) => `词${number}`) },
  ])('refuses %j', async (body) => {
    expect(await outcome(admin.post('/api/synonyms', body))).toBe('400 invalid_input');
  });

  it('are an administrator’s', async () => {
    const id = '0190aaaa-0000-7000-8000-000000000001';
    for (const browser of [teacher, await world.signIn('principal'), await world.signIn('office')]) {
      expect(await outcome(browser.get('/api/synonyms'))).toBe('403 forbidden');
      expect(await outcome(browser.post('/api/synonyms', { words: ['a', 'b'] }))).toBe('403 forbidden');
      expect(await outcome(browser.put(`/api/synonyms/${id}`, { words: ['a', 'b'] }))).toBe('403 forbidden');
      expect(await outcome(browser.delete(`/api/synonyms/${id}`))).toBe('403 forbidden');
    }
    expect(await outcome(world.open().get('/api/synonyms'))).toBe('401 not_signed_in');
    expect(await outcome(admin.put(`/api/synonyms/${id}`, { words: ['a', 'b'] }))).toBe('404 not_found');
    expect(await outcome(admin.delete(`/api/synonyms/${id}`))).toBe('404 not_found');
  });
});
