import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { z } from 'zod';
import { nodeBinary } from '../../../infra/install/node-binary.mjs';
import { root } from '../../../infra/install/root.mjs';
import { readConnections } from '../../../server/connections.ts';
import { type Database, type OpenDatabase, openDatabase } from '../../../server/database/database.ts';
import { type Chance, createChance } from '../../environment/chance.ts';
import type { Stage } from '../product.ts';
import { type Lesson, type LibraryRecord, makeRecord, type Owner } from './records.ts';
import { textbookTable } from './textbooks.ts';

const batch = 1_000;
const seed = 20_260_901;
const teachersOfSchool = 10;

/** The alliance that is there has the first five of them; two more share out the rest, and the last is on its own. */
const schoolNames = [
  ...['西岭小学', '南湾小学', '石桥教学点', '青山镇中心校', '柳河中学'],
  ...['白水小学', '红旗小学', '双塔中学', '高坪教学点'],
  ...['城关一小', '城关二小', '城关中学'],
  '育才学校',
];
const newAlliances = [
  { name: '白水教育联盟', schools: schoolNames.slice(5, 9) },
  { name: '城关教育集团', schools: schoolNames.slice(9, 12) },
];

/** The product's own database, for what would take hours through its interface. */
export async function openProductDatabase(dataDir: string): Promise<OpenDatabase> {
  const connections = await readConnections(dataDir);
  if (!connections) throw new Error('The server has left no connections.json.');
  return openDatabase({
    url: connections.databaseUrl,
    poolSize: 1,
    onIdleError: (error) => console.error('an idle connection broke', error),
  });
}

/** Schools, their alliances and their teachers. @returns whoever may own a resource */
async function addPeople(db: Database, chance: Chance, allianceId: string): Promise<Owner[]> {
  const schools = schoolNames.map((name) => ({ id: chance.uuid(), name }));
  await db.insertInto('school').values(schools).execute();
  const idOf = new Map(schools.map(({ id, name }) => [name, id]));
  const alliances = newAlliances.map(({ name, schools: members }) => ({ id: chance.uuid(), name, members }));
  await db
    .insertInto('alliance')
    .values(alliances.map(({ id, name }) => ({ id, name, kind: 'mutual' })))
    .execute();
  const memberships = [{ id: allianceId, members: schoolNames.slice(0, 5) }, ...alliances].flatMap(({ id, members }) =>
    members.map((name) => ({ alliance_id: id, school_id: idOf.get(name) ?? '', role: 'member' as const })),
  );
  await db.insertInto('alliance_school').values(memberships).execute();
  const teachers = schools.flatMap((school, at) =>
    Array.from({ length: teachersOfSchool }, (_, index) => ({
      id: chance.uuid(),
      school_id: school.id,
      name: `${school.name}教师${index + 1}`,
      login: `bench-${at}-${index}`,
      email: `bench-${at}-${index}@accounts.invalid`,
      role: 'teacher' as const,
    })),
  );
  await db.insertInto('account').values(teachers).execute();
  return db
    .selectFrom('account')
    .where('role', '=', 'teacher')
    .orderBy('login')
    .select(['id', 'school_id as schoolId'])
    .$narrowType<{ schoolId: string }>()
    .execute();
}

async function lessonsOf(db: Database): Promise<Lesson[]> {
  const { rows } = await sql<Lesson>`
    select node.id, node.name, line[2] as subject, line[3] as edition, line[4] as grade, line[5] as volume, line[6] as unit
    from catalog_node node, lateral (
      select array_agg(above.name order by array_position(node.lineage, above.id)) as line
      from catalog_node above where above.id = any(node.lineage)) lines
    where node.level = 'lesson' and cardinality(node.lineage) = 7
    order by node.path`.execute(db);
  return rows;
}

async function insertBatch(db: Database, records: readonly LibraryRecord[]): Promise<void> {
  const resources = records.map(({ owner, lesson, publishedAt, files: _, ...record }) => ({
    ...record,
    ownerId: owner.id,
    schoolId: owner.schoolId,
    nodeId: lesson.id,
    at: publishedAt,
  }));
  const files = records.flatMap(({ id, owner, files: own }) =>
    own.map(({ pageTexts: _, ...file }, position) => ({ ...file, resourceId: id, owner, position })),
  );
  const texts = records.flatMap(({ files: own }) =>
    own.flatMap(({ id, pageTexts }) => pageTexts.map((text, page) => ({ fileId: id, number: page + 1, text }))),
  );
  await sql`
    insert into resource (id, owner_id, school_id, catalog_node_id, kind, title, description, licence, visibility, status,
      downloads, views, published_at, created_at, updated_at)
    select id, "ownerId", "schoolId", "nodeId", kind, title, description, licence, visibility, status, downloads, views,
      case status when 'published' then at end, at, at
    from jsonb_to_recordset(${JSON.stringify(resources)}::jsonb) as given (id uuid, "ownerId" uuid, "schoolId" uuid,
      "nodeId" uuid, kind text, title text, description text, licence text, visibility text, status text, downloads int,
      views int, at timestamptz)`.execute(db);
  await sql`
    insert into file (id, resource_id, owner_id, school_id, position, name, bytes, object_key, media_type, pages, state)
    select id, "resourceId", (owner->>'id')::uuid, (owner->>'schoolId')::uuid, position, name, bytes, 'files/' || id,
      "mediaType", pages, 'ready'
    from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) as given (id uuid, "resourceId" uuid, owner jsonb,
      position int, name text, bytes bigint, "mediaType" text, pages int)`.execute(db);
  await sql`
    insert into page_text (file_id, number, text)
    select "fileId", number, text
    from jsonb_to_recordset(${JSON.stringify(texts)}::jsonb) as given ("fileId" uuid, number int, text text)`.execute(
    db,
  );
}

/**
 * Puts `count` resources with their files straight into the database: of 16 schools in three alliances, all over the
 * textbooks, of every visibility, some of them drafts; and builds the index from it.
 * @returns the first records, up to `kept` of them, for whoever else is to be given them
 */
export async function fillLibrary({ product, alliance }: Stage, count: number, kept = 0): Promise<LibraryRecord[]> {
  await alliance.admin.sendText('/catalog/import', 'text/tab-separated-values', textbookTable(), z.unknown());
  const database = await openProductDatabase(product.dataDir);
  const { db } = database;
  const first: LibraryRecord[] = [];
  try {
    const chance = createChance(seed);
    const owners = await addPeople(db, chance, alliance.id);
    const lessons = await lessonsOf(db);
    for (let made = 0; made < count; made += batch) {
      const records = Array.from({ length: Math.min(batch, count - made) }, (_, index) =>
        makeRecord(chance, made + index, { owners, lessons }),
      );
      await insertBatch(db, records);
      first.push(...records.slice(0, Math.max(0, kept - first.length)));
    }
    // What PostgreSQL does by itself within a minute; until then it plans for the empty tables of before.
    await sql`vacuum analyze`.execute(db);
  } finally {
    await database.close();
  }
  await reindex(product.dataDir);
  return first;
}

/** Builds the index anew beside the running server, as `npm run reindex` does. */
export async function reindex(dataDir: string): Promise<void> {
  const child = spawn(nodeBinary(), ['server/reindex.ts'], {
    cwd: root,
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The index was not built: ${code}.`);
}
