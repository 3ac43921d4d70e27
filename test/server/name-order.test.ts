import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../server/database/migrate.ts';
import { listGroups } from '../../server/room-groups/repository.ts';
import type { Browser } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

/** As a reader looks for them; their code points say 阿 last, 张 before 白, and 教师10 before 教师2. */
const inOrder = [
  '3号',
  '阿甲',
  '白乙',
  '曹丁',
  '陈丙',
  '教师2',
  '教师10',
  '李戊',
  '欧己',
  '王甲',
  '张庚',
  'amy',
  'Amy',
  'Bob',
];
const mixed = [7, 0, 13, 4, 10, 2, 12, 6, 5, 9, 1, 11, 3, 8].map((place) => inOrder[place] ?? '');

let world: World;
let admin: Browser;
let schoolId: string;
beforeAll(async () => {
  world = await createWorld();
  admin = await world.signIn('admin');
  const made = await admin.post('/api/schools', { name: '孤山小学' });
  schoolId = ((await made.json()) as { school: { id: string } }).school.id;
  for (const [index, name] of mixed.entries()) {
    expect((await admin.post('/api/schools', { name: `${name}小学` })).status).toBe(201);
    expect((await admin.post('/api/rooms', { schoolId, name })).status).toBe(201);
    const account = { name, login: `name-${index}`, role: 'teacher', schoolId };
    expect((await admin.post('/api/accounts', account)).status).toBe(201);
  }
  // Of one name, so that a page can end between them.
  for (const login of ['same-1', 'same-2', 'same-3']) {
    expect((await admin.post('/api/accounts', { name: '陈丙', login, role: 'teacher', schoolId })).status).toBe(201);
  }
});
afterAll(() => world.close());

type Page = { items: { name: string; login: string }[]; nextCursor: string | null };
async function pagesOf(limit: number): Promise<Page['items']> {
  const items: Page['items'] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ schoolId, limit: String(limit), ...(cursor !== null && { cursor }) });
    const page = (await (await admin.get(`/api/accounts?${query}`)).json()) as Page;
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}
const named = async (path: string) =>
  ((await (await admin.get(path)).json()) as { items: { name: string }[] }).items.map(({ name }) => name);

describe('names', () => {
  it('stand by their pinyin', async () => {
    const schools = (await named('/api/schools')).filter((name) => inOrder.includes(name.replace('小学', '')));
    expect(schools).toEqual(inOrder.map((name) => `${name}小学`));
    expect(await named(`/api/rooms?schoolId=${schoolId}`)).toEqual(inOrder);
  });

  it('stand so over the pages of a list, each once', async () => {
    const whole = inOrder.flatMap((name) => (name === '陈丙' ? [name, name, name, name] : [name]));
    for (const limit of [1, 2, 5, 200]) {
      const found = await pagesOf(limit);
      expect(found.map(({ name }) => name)).toEqual(whole);
      expect(new Set(found.map(({ login }) => login)).size).toBe(whole.length);
    }
  });

  it('stand so among the groups of rooms', async () => {
    const db = world.database.db;
    const { id: alliance_id } = await db.selectFrom('alliance').select('id').executeTakeFirstOrThrow();
    const { id: owner_id } = await db.selectFrom('account').select('id').executeTakeFirstOrThrow();
    await db
      .insertInto('room_group')
      .values(mixed.map((name) => ({ alliance_id, owner_id, name })))
      .execute();
    expect((await listGroups(db, { allianceId: alliance_id })).map(({ name }) => name)).toEqual(inOrder);
  });
});

describe('a PostgreSQL of its own', () => {
  const versions = () =>
    sql<{ kept: string; actual: string }>`select collversion as kept, pg_collation_actual_version(oid) as actual
      from pg_collation where collname = 'name_order'`.execute(world.database.db);

  it('may come with another ICU than before', async () => {
    const db = world.database.db;
    await sql`update pg_collation set collversion = '1' where collname = 'name_order'`.execute(db);
    await Promise.all([migrate(db), migrate(db)]);
    const [version] = (await versions()).rows;
    expect(version?.kept).toBe(version?.actual);
  });

  it('may have no ICU: then names stand by code point, and no page loses one', async () => {
    const db = world.database.db;
    // What the migration makes there.
    await sql`drop collation name_order`.execute(db);
    await sql`create collation name_order from "C"`.execute(db);
    expect(await migrate(db)).toEqual([]);
    const found = (await pagesOf(2)).map(({ name }) => name);
    expect(found).toHaveLength(inOrder.length + 3);
    expect(found).toEqual(found.toSorted());
  });
});
