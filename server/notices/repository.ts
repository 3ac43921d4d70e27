import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { StoredLessonNotice, StoredRecordingNotice } from '../database/tables/timetable.ts';
import { type LessonNotice, type Notice, noticeSchema } from './schema.ts';

export type NewNotice = { classSessionId: string } & (
  | ({ kind: LessonNotice['kind'] } & StoredLessonNotice)
  | ({ kind: 'recording_expires' } & StoredRecordingNotice)
);

const keptDays = 180;

export async function accountName(db: Database, id: string): Promise<string> {
  return (await db.selectFrom('account').select('name').where('id', '=', id).executeTakeFirstOrThrow()).name;
}

/** Those who present, and the operators of the schools whose rooms take part. */
export async function listConcerned(
  db: Database,
  { presenterIds, roomIds }: { presenterIds: readonly string[]; roomIds: readonly string[] },
): Promise<string[]> {
  const rows = await db
    .selectFrom('account')
    .select('account.id')
    .where('disabled_at', 'is', null)
    .where((eb) =>
      eb.or([
        sql<boolean>`account.id = any(${presenterIds}::uuid[])`,
        sql<boolean>`account.role = 'operator' and account.school_id in
          (select school_id from room where room.id = any(${roomIds}::uuid[]))`,
      ]),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/** Who answers for a recording: its owner, and where that account is disabled, the principals of its school. */
export async function listAnswering(db: Database, resourceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('resource')
    .innerJoin('account as owner', 'owner.id', 'resource.owner_id')
    .innerJoin('account', (join) =>
      join.on((eb) =>
        eb.or([
          eb.and([eb('owner.disabled_at', 'is', null), eb('account.id', '=', eb.ref('owner.id'))]),
          eb.and([
            eb('owner.disabled_at', 'is not', null),
            eb('account.role', '=', 'principal'),
            eb('account.school_id', '=', eb.ref('resource.school_id')),
            eb('account.disabled_at', 'is', null),
          ]),
        ]),
      ),
    )
    .select('account.id')
    .where('resource.id', '=', resourceId)
    .execute();
  return rows.map(({ id }) => id);
}

/** What is older than half a year goes, so that nobody's list grows for ever. */
export async function insertNotices(db: Database, accountIds: readonly string[], notice: NewNotice): Promise<void> {
  const { kind, classSessionId: class_session_id, ...data } = notice;
  const row = { kind, class_session_id, data: JSON.stringify(data) };
  await db
    .insertInto('notice')
    .values(accountIds.map((account_id) => ({ account_id, ...row })))
    .execute();
  await db
    .deleteFrom('notice')
    .where('account_id', 'in', accountIds)
    .where('created_at', '<', sql<Date>`now() - make_interval(days => ${keptDays})`)
    .execute();
}

export async function listNotices(db: Database, accountId: string, limit: number): Promise<Notice[]> {
  const rows = await db
    .selectFrom('notice')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ id, kind, class_session_id, data, created_at, read_at }) =>
    noticeSchema.parse({
      id,
      kind,
      classSessionId: class_session_id,
      ...data,
      at: created_at.toISOString(),
      read: read_at !== null,
    }),
  );
}

export async function countUnread(db: Database, accountId: string): Promise<number> {
  const { count } = await db
    .selectFrom('notice')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('read_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

export async function markRead(db: Database, accountId: string, ids: readonly string[] | undefined): Promise<void> {
  let query = db
    .updateTable('notice')
    .set({ read_at: new Date() })
    .where('account_id', '=', accountId)
    .where('read_at', 'is', null);
  if (ids !== undefined) query = query.where(sql<boolean>`id = any(${ids}::uuid[])`);
  await query.execute();
}
