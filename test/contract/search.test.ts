import { randomBytes } from 'node:crypto';
import { Meilisearch } from 'meilisearch';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  all,
  any,
  createMeilisearchIndex,
  type DocumentSource,
  type Filter,
  highlightEnd,
  highlightStart,
  oneOf,
  parseQuery,
  type SearchDocument,
  type SearchIndex,
  SearchRefusedError,
  type SearchRequest,
  SearchUnavailableError,
  type Vocabulary,
} from '../../search/index.ts';
import { testMeilisearch } from '../environment/services.ts';
import { createSwitchableServer } from '../environment/switchable-server.ts';

const shown = z.object({ label: z.string() });
type Shown = z.output<typeof shown>;
type Document = SearchDocument<Shown>;

const idOf = (number: number) => `0190aaaa-0000-7000-8000-${String(number).padStart(12, '0')}`;
const [lead, member] = [idOf(901), idOf(902)];

function documentOf(number: number, title: string, more: Partial<Document> = {}): Document {
  return {
    id: idOf(number),
    title,
    lesson: '',
    words: [],
    description: '',
    schoolName: '中心小学',
    text: '',
    kind: 'lesson_plan',
    stage: 'primary',
    subject: 'math',
    edition: 'renjiao',
    grade: 'g3',
    volume: 'vol1',
    nodeIds: [],
    lessonId: null,
    schoolId: lead,
    ownerId: idOf(800),
    allianceIds: [],
    visibility: 'public',
    publishedAt: number,
    downloads: 0,
    shown: { label: title },
    ...more,
  };
}

const library: Document[] = [
  documentOf(1, '分数的初步认识', {
    description: '从分月饼说起,认识几分之一。',
    words: ['数学', '人教版', '三年级', '上册', '教学设计 教案'],
  }),
  documentOf(2, '认识分数', { kind: 'courseware', grade: 'g5', downloads: 9, words: ['数学', '五年级'] }),
  documentOf(3, '草船借箭', { subject: 'chinese', edition: 'tongbian', words: ['语文'], schoolId: member }),
  documentOf(4, '经典诵读', { subject: 'chinese', edition: 'tongbian', words: ['语文'] }),
  documentOf(5, '景点介绍', { subject: 'english', edition: null, grade: null }),
  documentOf(6, '力与运动', { subject: 'physics', edition: 'hukeji', stage: 'senior', grade: null }),
  documentOf(7, '力的合成', { subject: 'physics', edition: 'hukejiao', stage: 'senior', grade: null }),
  documentOf(8, 'Unit 3 Colours', { subject: 'english', description: 'red, yellow and blue' }),
];

const everything: SearchRequest = {
  query: parseQuery(''),
  match: 'all',
  by: 'words',
  filter: all(),
  sort: 'relevance',
  limit: 20,
  offset: 0,
  facets: [],
};
const vocabulary: Vocabulary = { synonyms: [['教案', '教学设计']], dictionary: ['草船借箭'] };

async function* inBatches(documents: readonly Document[], size = 3): AsyncGenerator<Document[]> {
  for (let start = 0; start < documents.length; start += size) yield documents.slice(start, start + size);
}

function sourceOf(documents: readonly Document[], readAll = () => inBatches(documents)): DocumentSource<Shown> {
  return {
    vocabulary: () => Promise.resolve(vocabulary),
    load: (ids) => Promise.resolve(documents.filter(({ id }) => ids.includes(id))),
    readAll,
  };
}

/** Nobody can search by such a vector, and Meilisearch takes nothing that comes along with it. */
const unsearchable = (number: number, title: string): Document =>
  Object.assign(documentOf(number, title), { _vectors: { none: 'of numbers' } });

let index: SearchIndex<Shown>;
let client: Meilisearch;
const prefix = `contract_${randomBytes(6).toString('hex')}`;

function openIndex(name: string, url = testMeilisearch().url, key = testMeilisearch().key) {
  return createMeilisearchIndex({ url, key, indexName: `${prefix}_${name}`, shown, timeoutMs: 15_000 });
}

async function titles(query: string, more: Partial<SearchRequest> = {}): Promise<string[]> {
  const { hits } = await index.search({ ...everything, query: parseQuery(query), ...more });
  return hits.map((hit) => hit.shown.label);
}
const filtered = (filter: Filter) => titles('', { filter });

beforeAll(async () => {
  const { url, key } = testMeilisearch();
  client = new Meilisearch({ host: url, apiKey: key });
  index = openIndex('main');
  expect(await index.prepare(vocabulary)).toBe('missing');
  expect(await index.rebuild(sourceOf(library))).toEqual({ count: library.length, refused: [] });
});

describe('words', () => {
  it.each([
    ['分数', ['分数的初步认识', '认识分数']],
    ['经典', ['经典诵读']],
    ['景点', ['景点介绍']],
    ['月饼', ['分数的初步认识']],
    ['colour', ['Unit 3 Colours']],
    ['colurs', ['Unit 3 Colours']],
  ])('%s is found in title, description and other words', async (query, expected) => {
    expect((await titles(query)).toSorted()).toEqual(expected.toSorted());
  });

  it('puts what has all words first and keeps the rarer word', async () => {
    const found = await titles('三年级 分数');
    expect(found[0]).toBe('分数的初步认识');
    expect(found).not.toContain('草船借箭');
  });

  it('marks what was matched with control characters', async () => {
    const { hits } = await index.search({ ...everything, query: parseQuery('月饼') });
    expect(hits[0]?.highlight).toEqual({
      title: '分数的初步认识',
      description: `从分${highlightStart}月饼${highlightEnd}说起,认识几分之一。`,
    });
  });
});

describe('pinyin', () => {
  it.each([
    ['fenshu', '分数的初步认识'],
    ['fens', '认识分数'],
    ['fs', '分数的初步认识'],
    ['renshi', '认识分数'],
    ['caochuan', '草船借箭'],
    ['ccjj', '草船借箭'],
    ['jingdian', '经典诵读'],
    ['Fenshu', '分数的初步认识'],
  ])('%s finds %s', async (query, expected) => {
    expect(await titles(query)).toContain(expected);
  });

  it('forgives no wrong letter, which would be another syllable', async () => {
    expect(await titles('fenshi')).toEqual([]);
  });
});

describe('filters, facets, order', () => {
  it('tells editions apart by their slug', async () => {
    expect(await filtered(oneOf('edition', ['hukeji']))).toEqual(['力与运动']);
    expect(await filtered(oneOf('edition', ['hukejiao']))).toEqual(['力的合成']);
    expect((await filtered(oneOf('edition', ['hukeji', 'hukejiao']))).length).toBe(2);
  });

  it('combines conditions', async () => {
    expect(await filtered(all(oneOf('subject', ['chinese']), oneOf('schoolId', [member])))).toEqual(['草船借箭']);
    expect((await filtered(any(oneOf('subject', ['chinese']), oneOf('grade', ['g5'])))).toSorted()).toEqual(
      ['草船借箭', '经典诵读', '认识分数'].toSorted(),
    );
  });

  it('holds for all when there is no condition, and for none when there is no value', async () => {
    expect((await filtered(all())).length).toBe(library.length);
    expect((await filtered(any(all(), oneOf('kind', [])))).length).toBe(library.length);
    expect((await filtered(all(all(), any(all())))).length).toBe(library.length);
    expect(await filtered(any())).toEqual([]);
    expect(await filtered(oneOf('kind', []))).toEqual([]);
    expect(await filtered(all(oneOf('kind', []), all()))).toEqual([]);
  });

  it.each([
    ['x" OR kind = "courseware'],
    ['x"] OR visibility IN ["public'],
    ['\\" OR kind EXISTS OR kind = \\"'],
    ["x' OR 1 = 1 --"],
    ['\\'],
    ['"'],
    ['x) OR (kind EXISTS'],
    ['分数\n OR kind EXISTS'],
  ])('a value is never read as a condition: %s', async (value) => {
    expect(await filtered(oneOf('kind', [value]))).toEqual([]);
    expect(await filtered(oneOf('kind', [value, 'courseware']))).toEqual(['认识分数']);
  });

  it('counts only the facets that are asked for', async () => {
    const { facets, total } = await index.search({
      ...everything,
      query: parseQuery('分数'),
      facets: ['kind', 'grade'],
      limit: 1,
    });
    expect(total).toBe(2);
    expect(facets).toEqual({ kind: { lesson_plan: 1, courseware: 1 }, grade: { g3: 1, g5: 1 } });
    expect((await index.search({ ...everything, query: parseQuery('分数') })).facets).toEqual({});
  });

  it('orders by newest and by use, and takes the newest first when nothing was typed', async () => {
    expect(await titles('分数', { sort: 'newest' })).toEqual(['认识分数', '分数的初步认识']);
    expect((await titles('', { sort: 'popular' }))[0]).toBe('认识分数');
    expect((await titles(''))[0]).toBe('Unit 3 Colours');
    expect(await titles('', { limit: 2, offset: 1 })).toEqual(['力的合成', '力与运动']);
  });
});

describe('changes', () => {
  it('finds what was written once upsert has resolved, and not what was removed', async () => {
    await index.upsert([documentOf(50, '鸡兔同笼')]);
    expect(await titles('鸡兔同笼')).toEqual(['鸡兔同笼']);
    await index.upsert([documentOf(50, '植树问题')]);
    expect(await titles('鸡兔同笼')).toEqual([]);
    await index.remove([idOf(50), idOf(51)]);
    expect(await titles('植树问题')).toEqual([]);
    await index.upsert([]);
    await index.remove([]);
  });

  it('answers during a rebuild, and holds only what it was rebuilt from', async () => {
    const swapped = openIndex('swapped');
    await swapped.rebuild(sourceOf(library));
    let answered = 0;
    async function* slowly() {
      for await (const batch of inBatches(library.slice(0, 4), 1)) {
        const { total } = await swapped.search(everything);
        if (total === library.length) answered++;
        yield batch;
      }
    }
    expect(await swapped.rebuild(sourceOf(library, slowly))).toMatchObject({ count: 4 });
    expect(answered).toBe(4);
    expect((await swapped.search(everything)).total).toBe(4);
    const { results } = await client.getIndexes({ limit: 1000 });
    expect(results.filter(({ uid }) => uid.startsWith(`${prefix}_swapped`)).length).toBe(1);
  });

  it('starts over what a broken rebuild has left, without harm to the present index', async () => {
    const broken = openIndex('broken');
    await broken.rebuild(sourceOf(library));
    async function* failing() {
      yield library.slice(0, 1);
      throw new Error('the database went away');
    }
    await expect(broken.rebuild(sourceOf(library, failing))).rejects.toThrow('the database went away');
    expect((await broken.search(everything)).total).toBe(library.length);
    expect(await broken.rebuild(sourceOf(library.slice(0, 2)))).toMatchObject({ count: 2 });
  });

  it('updates settings that differ, and asks for nothing when they are right', async () => {
    const name = `${prefix}_main_v2`;
    const tasksOf = async () => (await client.tasks.getTasks({ indexUids: [name], types: ['settingsUpdate'] })).total;
    expect(await index.prepare(vocabulary)).toBe('ready');
    const before = await tasksOf();
    expect(await index.prepare(vocabulary)).toBe('ready');
    expect(await tasksOf()).toBe(before);
    await client
      .index(name)
      .updateSettings({ searchableAttributes: ['description'] })
      .waitTask();
    expect(await titles('草船借箭')).toEqual([]);
    await index.prepare(vocabulary);
    expect(await titles('草船借箭')).toEqual(['草船借箭']);
  });
});

describe('failures', () => {
  it('says that an index has not been built, and makes none by the way', async () => {
    const absent = openIndex('absent');
    await expect(absent.search(everything)).rejects.toThrow(SearchUnavailableError);
    await expect(absent.upsert([documentOf(1, 'x')])).rejects.toThrow(SearchUnavailableError);
    await expect(absent.remove([idOf(1)])).rejects.toThrow(SearchUnavailableError);
    expect(await absent.prepare(vocabulary)).toBe('missing');
  });

  it('takes an index that came about otherwise for none', async () => {
    const odd = openIndex('odd');
    await client
      .index(`${prefix}_odd_v2`)
      .addDocuments([{ id: idOf(1) }])
      .waitTask();
    expect(await odd.prepare(vocabulary)).toBe('missing');
    expect(await odd.rebuild(sourceOf(library))).toMatchObject({ count: library.length });
    expect(await odd.prepare(vocabulary)).toBe('ready');
    expect((await odd.search(everything)).total).toBe(library.length);
  });

  it('says that the server is away, and works again when it is back', async () => {
    const door = await createSwitchableServer(testMeilisearch().url);
    const behind = openIndex('main', door.url);
    await behind.ping();
    await door.cut();
    await expect(behind.ping()).rejects.toThrow(SearchUnavailableError);
    await expect(behind.search(everything)).rejects.toThrow(SearchUnavailableError);
    await expect(behind.upsert(library)).rejects.toThrow(SearchUnavailableError);
    await door.restore();
    expect((await behind.search(everything)).total).toBe(library.length);
    await door.close();
  });

  it('counts a wrong key as away', async () => {
    const locked = openIndex('main', testMeilisearch().url, 'a wrong key');
    await expect(locked.search(everything)).rejects.toThrow(SearchUnavailableError);
  });

  it('takes what comes along with a refused document, and no longer holds that one as it was', async () => {
    const picky = openIndex('picky');
    await picky.rebuild(sourceOf(library));
    const reason = expect.stringContaining('invalid_vectors_type');
    const changed = [documentOf(60, '圆锥'), unsearchable(3, '草船借箭'), documentOf(61, '圆柱')];
    expect(await picky.upsert(changed)).toEqual([{ id: idOf(3), reason }]);
    const { hits } = await picky.search(everything);
    const found = hits.map(({ shown }) => shown.label);
    expect(found).toEqual(expect.arrayContaining(['圆锥', '圆柱', '经典诵读']));
    expect(found).not.toContain('草船借箭');
  });

  it('rebuilds around refused documents, and names them', async () => {
    const rebuilt = openIndex('rebuilt');
    const whole = [...library, unsearchable(70, '不收的一份'), documentOf(71, '梯形'), unsearchable(72, '不收的两份')];
    const { count, refused } = await rebuilt.rebuild(sourceOf(whole));
    expect(count).toBe(library.length + 1);
    expect(refused.map(({ id }) => id).toSorted()).toEqual([idOf(70), idOf(72)]);
    const { hits } = await rebuilt.search(everything);
    expect(hits.map(({ id }) => id).toSorted()).toEqual([...library.map(({ id }) => id), idOf(71)].toSorted());
  });

  it('keeps the present index when nothing at all is taken any more', async () => {
    const kept = openIndex('kept');
    await kept.rebuild(sourceOf(library));
    const bad = Array.from({ length: 30 }, (_, number) => unsearchable(100 + number, `第 ${number} 份`));
    await expect(kept.rebuild(sourceOf(bad, () => inBatches(bad, 30)))).rejects.toThrow(SearchRefusedError);
    expect((await kept.search(everything)).total).toBe(library.length);
  });

  it('says that it was refused', async () => {
    await expect(index.search({ ...everything, limit: -1 })).rejects.toThrow(SearchRefusedError);
    const other = createMeilisearchIndex({
      ...testMeilisearch(),
      indexName: `${prefix}_main`,
      shown: z.object({ other: z.string() }),
    });
    await expect(other.search(everything)).rejects.toThrow(SearchRefusedError);
  });

  it('gives up when it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(index.search(everything, controller.signal)).rejects.toThrow();
    await expect(index.upsert(library, controller.signal)).rejects.toThrow();
  });
});
