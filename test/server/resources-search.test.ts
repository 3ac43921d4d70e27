import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facetFields, parseQuery } from '../../search/index.ts';
import type { Actor } from '../../server/http/route.ts';
import { visibleInIndex } from '../../server/resources/policy.ts';
import {
  facetNames,
  highlightEnd,
  highlightStart,
  type Resource,
  type ResourceSearchResult,
  visibilities,
} from '../../server/resources/schema.ts';
import { createVisibleCounts } from '../../server/resources/visible-counts.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createLibraryWorld, draft, type LibraryWorld, textbooks } from './library-world.ts';

let world: LibraryWorld;
let teacher: Browser;
let member: Browser;
let stranger: Browser;

beforeAll(async () => {
  world = await createLibraryWorld();
  await world.catalog.import(Buffer.from(textbooks));
  teacher = await world.signIn('teacher');
  member = await world.signIn('teacher', 'member');
  stranger = await world.signIn('teacher', 'stranger');
  world.startRelay();
  await publishLibrary();
  await world.carried();
});
afterAll(() => world.close());

const g3 = 'primary/math/renjiao/g3/vol1';

async function publishLibrary(): Promise<void> {
  const [place, other, boat] = await Promise.all([
    world.nodeAt(`${g3}`),
    world.nodeAt('primary/math/renjiao/g5/vol2'),
    world.nodeAt('primary/chinese/tongbian/g5/vol2'),
  ]);
  const lesson = await world.db
    .selectFrom('catalog_node')
    .select('id')
    .where('name', '=', '几分之一')
    .executeTakeFirstOrThrow();
  await world.publish(teacher, { title: '分数的初步认识', description: '从分月饼说起', nodeId: lesson.id });
  await world.publish(teacher, { title: '分数的意义', kind: 'courseware', nodeId: other, visibility: 'public' });
  await world.publish(member, { title: '分数练习', kind: 'exercise', nodeId: place, visibility: 'school' });
  await world.publish(member, { title: '草船借箭', nodeId: boat, visibility: 'alliance' });
  await world.publish(stranger, { title: '分数游戏 100% 有趣_好玩', kind: 'other', visibility: 'public' });
  await teacher.post('/api/resources', { ...draft, title: '分数草稿' });
}

async function search(browser: Browser, query: string): Promise<ResourceSearchResult> {
  const response = await browser.get(`/api/resources?${query}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as ResourceSearchResult;
}
const titlesOf = (result: ResourceSearchResult) => result.items.map(({ title }) => title).toSorted();

/** What holds with the index, and as well when the database answers in its place. */
function answersAs(degraded: boolean) {
  it('finds what the searcher may see, and says who answered', async () => {
    const found = await search(teacher, 'q=分数');
    expect(titlesOf(found)).toEqual(['分数游戏 100% 有趣_好玩', '分数的初步认识', '分数的意义'].toSorted());
    expect(found).toMatchObject({ total: 3, degraded, facets: {} });
    expect(found.tookMs).toBeGreaterThan(0);
    expect(titlesOf(await search(member, 'q=分数'))).toContain('分数练习');
    expect(titlesOf(await search(stranger, 'q=分数'))).toEqual(['分数游戏 100% 有趣_好玩', '分数的意义'].toSorted());
  });

  it('filters by each level, by place, kind and school', async () => {
    expect(titlesOf(await search(teacher, 'subject=math'))).toEqual(['分数的初步认识', '分数的意义'].toSorted());
    expect(titlesOf(await search(teacher, 'subject=math&grade=g3'))).toEqual(['分数的初步认识']);
    expect(titlesOf(await search(teacher, 'grade=g3,g5&kind=courseware'))).toEqual(['分数的意义']);
    expect(titlesOf(await search(teacher, 'grade=g3&grade=g5&edition=renjiao'))).toEqual(
      ['分数的初步认识', '分数的意义'].toSorted(),
    );
    expect(titlesOf(await search(teacher, `nodeId=${await world.nodeAt(g3)}`))).toEqual(['分数的初步认识']);
    expect(titlesOf(await search(teacher, `nodeId=${await world.nodeAt('primary')}`))).toHaveLength(3);
    expect(titlesOf(await search(teacher, `schoolId=${world.schools.member}`))).toEqual(['草船借箭']);
    expect(titlesOf(await search(teacher, 'stage=senior'))).toEqual([]);
  });

  it('counts the facets that are asked for, with their names', async () => {
    const { facets } = await search(teacher, 'q=分数&facets=kind,subject,grade,schoolId');
    expect(facets.subject).toEqual([{ value: 'math', label: '数学', count: 2 }]);
    expect(facets.grade).toEqual([
      { value: 'g3', label: '三年级', count: 1 },
      { value: 'g5', label: '五年级', count: 1 },
    ]);
    expect(facets.kind).toContainEqual({ value: 'courseware', label: 'courseware', count: 1 });
    expect(facets.schoolId).toContainEqual({ value: world.schools.lead, label: '中心小学', count: 2 });
    expect(Object.keys(facets).toSorted()).toEqual(['grade', 'kind', 'schoolId', 'subject']);
  });

  it('marks what was matched', async () => {
    const [hit] = (await search(teacher, 'q=月饼')).items;
    expect(hit?.highlight.description).toContain(`${highlightStart}月饼${highlightEnd}`);
  });

  it('gives parts and orders', async () => {
    const all = await search(teacher, 'sort=newest');
    const parts = await Promise.all(
      [0, 1, 2, 3].map((offset) => search(teacher, `sort=newest&limit=1&offset=${offset}`)),
    );
    expect(parts.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(all.items.map(({ id }) => id));
    expect(all.total).toBe(4);
  });

  it.each([
    `kind=${encodeURIComponent('x" OR visibility = "school')}`,
    'limit=51',
    'offset=100000',
    'sort=best',
    'facets=ownerId',
    'nodeId=x',
    `q=${'长'.repeat(201)}`,
  ])('refuses %s', async (query) => {
    expect(await outcome(teacher.get(`/api/resources?${query}`))).toBe('400 invalid_input');
  });

  it.each(['x" OR visibility = "school', "' or 1=1 --", 'x"] OR kind EXISTS OR grade IN ["g3', '\\', '%'])(
    'reads no condition into a value: %s',
    async (value) => {
      const given = encodeURIComponent(value);
      for (const name of ['subject', 'grade', 'edition', 'stage', 'volume']) {
        expect((await search(stranger, `${name}=${given}`)).items).toEqual([]);
      }
      await search(stranger, `q=${given}`);
    },
  );

  it('is for who has signed in, devices of rooms too', async () => {
    expect(await outcome(world.open().get('/api/resources'))).toBe('401 not_signed_in');
    const { browser } = await world.enrolDevice('member');
    expect(titlesOf(await search(browser, 'q=分数'))).toContain('分数练习');
  });
}

describe('with the index', () => {
  answersAs(false);

  it('finds by pinyin and initials', async () => {
    for (const typed of ['fenshu', 'fs', 'FENSHU']) {
      expect(titlesOf(await search(teacher, `q=${typed}`))).toContain('分数的初步认识');
    }
    expect(titlesOf(await search(teacher, 'q=ccjj'))).toEqual(['草船借箭']);
  });

  it('shows nobody what the index has not yet forgotten', async () => {
    const resource = await world.publish(teacher, { title: '过期的秘密', visibility: 'public' });
    await world.carried();
    expect(titlesOf(await search(stranger, 'q=过期的秘密'))).toEqual(['过期的秘密']);
    // Behind the outbox's back, as if the relay had stood still.
    await world.db.updateTable('resource').set({ visibility: 'private' }).where('id', '=', resource.id).execute();
    expect(await search(stranger, 'q=过期的秘密')).toMatchObject({ items: [], total: 0 });
    await world.db.updateTable('resource').set({ status: 'draft' }).where('id', '=', resource.id).execute();
    expect((await search(teacher, 'q=过期的秘密')).items).toEqual([]);
    await teacher.delete(`/api/resources/${resource.id}`);
    await world.carried();
  });

  it('shows the newest counts', async () => {
    const resource = await world.publish(teacher, { title: '很多人看', visibility: 'public' });
    await world.carried();
    await member.get(`/api/resources/${resource.id}`);
    expect((await search(member, 'q=很多人看')).items[0]).toMatchObject({ views: 1 });
    await teacher.delete(`/api/resources/${resource.id}`);
    await world.carried();
  });
});

describe('while the index is away', () => {
  beforeAll(() => world.door.cut());
  afterAll(() => world.door.restore());
  answersAs(true);

  it('takes per cent sign, underline and backslash for themselves', async () => {
    expect(titlesOf(await search(teacher, `q=${encodeURIComponent('100%')}`))).toHaveLength(1);
    expect((await search(teacher, `q=${encodeURIComponent('分%识')}`)).items).toEqual([]);
    expect(titlesOf(await search(teacher, `q=${encodeURIComponent('趣_好')}`))).toHaveLength(1);
    expect((await search(teacher, `q=${encodeURIComponent('分_的')}`)).items).toEqual([]);
    const [hit] = (await search(teacher, `q=${encodeURIComponent('100% (有趣')}`)).items;
    expect(hit).toBeUndefined();
  });
});

describe('the rule of visibility', () => {
  it('says the same to the database and to the index, for every reader and every resource', async () => {
    const { db, schools, alliances, accounts } = world;
    const resources: string[] = [];
    const loner = await db.insertInto('school').values({ name: '独立小学' }).returning('id').executeTakeFirstOrThrow();
    for (const schoolId of [...Object.values(schools), loner.id]) {
      const owner = Object.entries(schools).find(([, id]) => id === schoolId)?.[0] ?? 'lead';
      for (const visibility of visibilities) {
        const { id } = await db
          .insertInto('resource')
          .values({
            school_id: schoolId,
            owner_id: accounts[`teacher-${owner}`] ?? '',
            kind: 'other',
            title: `规则 ${visibility}`,
            licence: 'cc0',
            visibility,
            status: 'published',
            published_at: new Date(),
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        resources.push(id);
      }
    }
    await world.index.upsert(await world.source.load(resources));

    const ofSchool = (schoolId: string | null) =>
      Object.entries({ lead: [alliances.ours], member: [alliances.ours], stranger: [alliances.other] }).find(
        ([key]) => schools[key as keyof typeof schools] === schoolId,
      )?.[1] ?? [];
    const actors: Actor[] = [];
    for (const schoolId of [...Object.values(schools), loner.id]) {
      const allianceIds = ofSchool(schoolId);
      for (const role of ['teacher', 'operator', 'principal', 'admin'] as const) {
        actors.push({ kind: 'account', id: loner.id, role, schoolId, allianceIds });
      }
      actors.push({ kind: 'device', id: loner.id, roomId: loner.id, schoolId, allianceIds });
    }
    for (const login of ['teacher-lead', 'teacher-member', 'teacher-stranger']) {
      const schoolId = schools[login.replace('teacher-', '') as keyof typeof schools];
      const id = accounts[login] ?? '';
      actors.push({ kind: 'account', id, role: 'teacher', schoolId, allianceIds: ofSchool(schoolId) });
    }
    for (const allianceIds of [[alliances.ours], [alliances.other], [alliances.ours, alliances.other], []]) {
      actors.push({ kind: 'account', id: loner.id, role: 'office', schoolId: null, allianceIds });
      actors.push({ kind: 'account', id: loner.id, role: 'admin', schoolId: null, allianceIds });
    }

    const visibleCounts = createVisibleCounts(world.database);
    const sizes = new Set<number>();
    for (const actor of actors) {
      const inDatabase = [...(await visibleCounts(actor, resources)).keys()].toSorted();
      const { hits } = await world.index.search({
        query: parseQuery('规则'),
        match: 'all',
        by: 'words',
        filter: visibleInIndex(actor),
        sort: 'relevance',
        limit: 50,
        offset: 0,
        facets: [],
      });
      expect(hits.map(({ id }) => id).toSorted(), JSON.stringify(actor)).toEqual(inDatabase);
      sizes.add(inDatabase.length);
    }
    // Administrators see 16; a school of no alliance sees 4 public ones, its own alliance's and its school's.
    expect(Math.max(...sizes)).toBe(resources.length);
    expect(Math.min(...sizes)).toBe(visibilities.length);
    expect(sizes.size).toBeGreaterThan(3);
  });

  it('holds for opening a resource as for finding it', async () => {
    const made: Record<string, Resource> = {};
    for (const visibility of visibilities) made[visibility] = await world.publish(teacher, { visibility });
    const seen = async (browser: Browser) => {
      const answers = await Promise.all(
        visibilities.map(async (name) => ((await browser.get(`/api/resources/${made[name]?.id}`)).ok ? name : null)),
      );
      return answers.filter((name) => name !== null);
    };
    expect(await seen(teacher)).toEqual(['private', 'school', 'alliance', 'public']);
    expect(await seen(await world.signInAs('second-teacher-lead'))).toEqual(['school', 'alliance', 'public']);
    expect(await seen(await world.signIn('principal'))).toEqual(['school', 'alliance', 'public']);
    expect(await seen(member)).toEqual(['alliance', 'public']);
    expect(await seen(await world.signIn('office'))).toEqual(['alliance', 'public']);
    expect(await seen((await world.enrolDevice('member')).browser)).toEqual(['alliance', 'public']);
    expect(await seen(stranger)).toEqual(['public']);
    expect(await seen(await world.signIn('admin'))).toEqual(['private', 'school', 'alliance', 'public']);
    expect(await seen(world.open())).toEqual([]);
  });
});

it('offers the facets that the index can count', () => {
  expect(facetNames).toEqual(facetFields);
});
