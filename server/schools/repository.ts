import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/database.ts';
import { byName } from '../database/name-order.ts';
import { usedBytes } from './quota.ts';
import type { Alliance, School, SchoolPatch } from './schema.ts';

/** Null reaches everything; else the alliances that the reader belongs to. */
export type Reach = readonly string[] | null;

function selectAlliances(db: Database) {
  return db
    .selectFrom('alliance')
    .select(['alliance.id', 'alliance.name', 'alliance.kind'])
    .select((e) =>
      jsonArrayFrom(
        e
          .selectFrom('alliance_school')
          .innerJoin('school', 'school.id', 'alliance_school.school_id')
          .select(['school.id', 'school.name', 'alliance_school.role'])
          .whereRef('alliance_school.alliance_id', '=', 'alliance.id')
          .orderBy(sql`alliance_school.role = 'lead'`, 'desc')
          .orderBy('school.name', byName),
      ).as('schools'),
    );
}

export async function listAlliances(db: Database, reach: Reach): Promise<Alliance[]> {
  const query = selectAlliances(db).orderBy('alliance.name', byName);
  if (reach === null) return await query.execute();
  if (reach.length === 0) return [];
  return await query.where('alliance.id', 'in', reach).execute();
}

export async function findAlliance(db: Database, id: string): Promise<Alliance | undefined> {
  return await selectAlliances(db).where('alliance.id', '=', id).executeTakeFirst();
}

/** Schools of the alliances in reach, and the reader's own, which may be in none. */
export async function listSchools(db: Database, reach: Reach, ownSchoolId: string | null): Promise<School[]> {
  let query = db.selectFrom('school').select(['id', 'name']).orderBy('name', byName);
  if (reach !== null) {
    query = query.where((where) =>
      where.or([
        where('id', '=', ownSchoolId),
        where(
          'id',
          'in',
          where
            .selectFrom('alliance_school')
            .select('school_id')
            .where('alliance_id', '=', sql<string>`any(${reach}::uuid[])`),
        ),
      ]),
    );
  }
  return await query.execute();
}

/** All schools, with what they keep. */
export async function listSchoolsWithStorage(db: Database): Promise<School[]> {
  const rows = await db
    .selectFrom('school')
    .select(['id', 'name', 'quota_bytes as quotaBytes'])
    .select((e) => usedBytes(e).as('usedBytes'))
    .orderBy('name', byName)
    .execute();
  return rows.map(({ id, name, ...storage }) => ({ id, name, storage }));
}

export async function insertSchool(db: Database, name: string): Promise<School> {
  return await db.insertInto('school').values({ name }).returning(['id', 'name']).executeTakeFirstOrThrow();
}

export async function updateSchool(db: Database, id: string, patch: SchoolPatch): Promise<School | undefined> {
  const { name, quotaBytes } = patch;
  const changes = { ...(name !== undefined && { name }), ...(quotaBytes !== undefined && { quota_bytes: quotaBytes }) };
  return await db.updateTable('school').set(changes).where('id', '=', id).returning(['id', 'name']).executeTakeFirst();
}

export async function insertAlliance(db: Database, name: string, kind: Alliance['kind']): Promise<string> {
  const { id } = await db.insertInto('alliance').values({ name, kind }).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function putMember(
  db: Database,
  member: { allianceId: string; schoolId: string; role: 'lead' | 'member' },
): Promise<void> {
  await db
    .insertInto('alliance_school')
    .values({ alliance_id: member.allianceId, school_id: member.schoolId, role: member.role })
    .onConflict((conflict) => conflict.columns(['alliance_id', 'school_id']).doUpdateSet({ role: member.role }))
    .execute();
}

/** @returns whether the school was a member. */
export async function deleteMember(db: Database, allianceId: string, schoolId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('alliance_school')
    .where('alliance_id', '=', allianceId)
    .where('school_id', '=', schoolId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
