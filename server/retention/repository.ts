import { sql } from 'kysely';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import { noticeDays } from './schema.ts';

/** Undefined: there is no such school. */
export async function findRule(db: Database, schoolId: string): Promise<number | null | undefined> {
  const row = await db
    .selectFrom('school')
    .select('recordings_kept_days')
    .where('id', '=', schoolId)
    .executeTakeFirst();
  return row?.recordings_kept_days;
}

/** @returns whether that is a change; undefined when there is no such school. */
export async function updateRule(
  tx: DatabaseTransaction,
  schoolId: string,
  keptDays: number | null,
): Promise<boolean | undefined> {
  const row = await tx
    .selectFrom('school')
    .select('recordings_kept_days')
    .where('id', '=', schoolId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await tx.updateTable('school').set({ recordings_kept_days: keptDays }).where('id', '=', schoolId).execute();
  return row.recordings_kept_days !== keptDays;
}

/** What became a resource and still is one. Whatever is being recorded or finished has none yet. */
function recordingsInLibrary(db: Database) {
  return db
    .selectFrom('recording')
    .innerJoin('resource', 'resource.id', 'recording.resource_id')
    .innerJoin('school', 'school.id', 'resource.school_id')
    .where('recording.state', '=', 'finished')
    .where('resource.deleted_at', 'is', null);
}

/** Those of them that a rule of their school is for. */
function ruled(db: Database) {
  return recordingsInLibrary(db)
    .where('recording.kept_for_ever', '=', false)
    .where('school.recordings_kept_days', 'is not', null);
}

const heldAt = sql<Date>`coalesce(recording.started_at, resource.created_at)`;
const keptUntil = sql<Date>`${heldAt} + make_interval(days => school.recordings_kept_days)`;
const notice = sql`make_interval(days => ${noticeDays})`;
/** Of who is not told yet, as if they were told now. */
const deletedAfter = sql<Date>`greatest(${keptUntil}, coalesce(recording.deletion_told_at, now()) + ${notice})`;

export async function countOlder(db: Database, schoolId: string, days: number): Promise<number> {
  const { count } = await recordingsInLibrary(db)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('resource.school_id', '=', schoolId)
    .where('recording.kept_for_ever', '=', false)
    .where(sql<boolean>`${heldAt} + make_interval(days => ${days}) <= now()`)
    .executeTakeFirstOrThrow();
  return count;
}

/** Undefined for what is no recording of a class session. */
export async function findRetention(db: Database, resourceId: string) {
  return await recordingsInLibrary(db)
    .select(['recording.kept_for_ever as keptForEver', 'school.recordings_kept_days as keptDays'])
    .select(
      sql<Date | null>`case when not recording.kept_for_ever and school.recordings_kept_days is not null
        then ${deletedAfter} end`.as('deletedAfter'),
    )
    .where('recording.resource_id', '=', resourceId)
    .executeTakeFirst();
}

/** @returns whether that is a change; undefined for what is no recording of a class session. */
export async function updateExemption(
  tx: DatabaseTransaction,
  resourceId: string,
  keptForEver: boolean,
): Promise<boolean | undefined> {
  const row = await recordingsInLibrary(tx)
    .select(['recording.id', 'recording.kept_for_ever'])
    .where('recording.resource_id', '=', resourceId)
    .forUpdate(['resource', 'recording'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.kept_for_ever === keptForEver) return false;
  // Once it is no longer kept for ever, the two weeks begin anew.
  const change = { kept_for_ever: keptForEver, deletion_told_at: null };
  await tx.updateTable('recording').set(change).where('id', '=', row.id).execute();
  return true;
}

/** What somebody was told that is no longer so: the rule was taken back or made longer. */
export async function forgetTold(db: Database): Promise<void> {
  const soon = ruled(db).select('recording.id').where(sql<boolean>`${keptUntil} <= now() + ${notice}`);
  await db
    .updateTable('recording')
    .set({ deletion_told_at: null })
    .where('deletion_told_at', 'is not', null)
    .where('resource_id', 'is not', null)
    .where('id', 'not in', soon)
    .execute();
}

const soonOver = (db: Database) =>
  ruled(db).where('recording.deletion_told_at', 'is', null).where(sql<boolean>`${keptUntil} <= now() + ${notice}`);
const over = (db: Database) =>
  ruled(db)
    .where(sql<boolean>`recording.deletion_told_at <= now() - ${notice}`)
    .where(sql<boolean>`${keptUntil} <= now()`);

async function idsOf(query: ReturnType<typeof ruled>, limit: number): Promise<string[]> {
  const rows = await query.select('recording.id').orderBy(keptUntil).orderBy('recording.id').limit(limit).execute();
  return rows.map(({ id }) => id);
}

export const listSoonOver = (db: Database, limit: number) => idsOf(soonOver(db), limit);
export const listOver = (db: Database, limit: number) => idsOf(over(db), limit);

/** Writes down that its owner knows. Undefined when there is no longer anything to tell. */
export async function markTold(tx: DatabaseTransaction, id: string) {
  const row = await soonOver(tx)
    .select(['resource.id as resourceId', 'resource.title', 'recording.class_session_id as classSessionId'])
    .select(deletedAfter.as('deletedAfter'))
    .where('recording.id', '=', id)
    .forUpdate(['resource', 'recording'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await tx.updateTable('recording').set({ deletion_told_at: sql<Date>`now()` }).where('id', '=', id).execute();
  return row;
}

/** Holds the recording, its resource and the rule as they are. Undefined when it is no longer to be deleted. */
export async function lockOver(tx: DatabaseTransaction, id: string) {
  return await over(tx)
    .select(['resource.id as resourceId', 'school.recordings_kept_days as keptDays'])
    .where('recording.id', '=', id)
    .forUpdate(['resource', 'recording'])
    .forShare('school')
    .executeTakeFirst();
}
