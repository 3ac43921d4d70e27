import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { lessonRooms } from '../database/lesson-rooms.ts';
import { byName } from '../database/name-order.ts';
import type { Actor } from '../http/route.ts';
import { visibleTo } from './policy.ts';
import type { Scope } from './schema.ts';

/** A class session with the names that are shown beside it. */
export type ClassSessionRow = Awaited<ReturnType<typeof listClassSessions>>[number];

export interface TimetableFilter {
  /** Those that end after it. */
  from?: Date;
  /** Those that begin before it. */
  to?: Date;
  presenterId?: string;
  id?: string;
  ids?: readonly string[];
  /** Also cancelled ones, and those that were moved out of the time that is asked for. */
  withChanges?: boolean;
  /** Those behind this one. */
  after?: { start: string; id: string };
  limit?: number;
}

/** Sessions that the actor may see, by time. */
export async function listClassSessions(db: Database, actor: Actor, filter: TimetableFilter) {
  let query = db
    .selectFrom('class_session')
    .innerJoin('alliance', 'alliance.id', 'class_session.alliance_id')
    .innerJoin('school', 'school.id', 'class_session.school_id')
    .innerJoin('account', 'account.id', 'class_session.presenter_id')
    .leftJoin('file as slides', 'slides.id', 'class_session.slides_file_id')
    .leftJoin('recording', 'recording.class_session_id', 'class_session.id')
    .leftJoin('resource', (join) =>
      join.onRef('resource.id', '=', 'recording.resource_id').on('resource.deleted_at', 'is', null),
    )
    .selectAll('class_session')
    .select([
      'alliance.name as alliance_name',
      'school.name as school_name',
      'school.time_zone',
      'account.name as presenter_name',
      'slides.name as slides_name',
      'slides.pages as slides_pages',
      'slides.state as slides_state',
      'recording.state as recording_state',
      'recording.failure as recording_failure',
      'resource.id as resource_id',
    ])
    .select((eb) => lessonRooms(eb).as('rooms'))
    .where(visibleTo(actor))
    .orderBy('class_session.scheduled_start')
    .orderBy('class_session.id');
  if (filter.id !== undefined) query = query.where('class_session.id', '=', filter.id);
  if (filter.ids !== undefined) query = query.where(sql<boolean>`class_session.id = any(${filter.ids}::uuid[])`);
  if (filter.presenterId !== undefined) query = query.where('class_session.presenter_id', '=', filter.presenterId);
  const { from, to, withChanges = false } = filter;
  if (from || to) {
    query = query.where((eb) => {
      const isIn = [
        // A lesson that runs late belongs to the timetable as long as it is live.
        ...(from ? [eb.or([eb('scheduled_end', '>', from), eb('class_session.state', '=', 'live')])] : []),
        ...(to ? [eb('scheduled_start', '<', to)] : []),
      ];
      const wasIn = [
        eb('moved_from_start', 'is not', null),
        ...(from ? [eb('moved_from_end', '>', from)] : []),
        ...(to ? [eb('moved_from_start', '<', to)] : []),
      ];
      return withChanges ? eb.or([eb.and(isIn), eb.and(wasIn)]) : eb.and(isIn);
    });
  }
  if (!withChanges) query = query.where('class_session.state', '!=', 'cancelled');
  if (filter.after !== undefined) {
    const { start, id } = filter.after;
    query = query.where(sql<boolean>`(scheduled_start, class_session.id) > (${start}::timestamptz, ${id}::uuid)`);
  }
  if (filter.limit !== undefined) query = query.limit(filter.limit);
  return await query.execute();
}

export interface ClassSessionFields {
  alliance_id: string;
  school_id: string;
  presenter_id: string;
  title: string;
  catalog_node_id: string | null;
  slides_file_id: string | null;
  music: boolean;
  scheduled_start: Date;
  scheduled_end: Date;
  period_label: string | null;
}

/** What belongs to a change besides the fields: where the session was announced for, and why it is not there. */
export interface ClassSessionMove {
  moved_from_start: Date | null;
  moved_from_end: Date | null;
  moved_from_label: string | null;
  change_reason: string | null;
  changed_at: Date;
}

/** @returns the ids of the new sessions, in the order of `rows`. */
export async function insertClassSessions(
  db: Database,
  rows: readonly (ClassSessionFields & { series_id?: string; series_slot?: number })[],
  roomIds: readonly string[],
): Promise<string[]> {
  const made = await db.insertInto('class_session').values(rows).returning('id').execute();
  const ids = made.map(({ id }) => id);
  // As two arrays: a series in many rooms would have more parameters than a statement can take.
  await sql`
    insert into class_session_room (class_session_id, room_id)
    select session_id, room_id from unnest(${ids}::uuid[]) as session_id, unnest(${roomIds}::uuid[]) as room_id`.execute(
    db,
  );
  return ids;
}

export async function insertSeries(db: Database, repetition: Record<string, unknown>): Promise<string> {
  const values = { repetition: JSON.stringify(repetition) };
  return (await db.insertInto('class_session_series').values(values).returning('id').executeTakeFirstOrThrow()).id;
}

/** `shown`: calendars that have the session are to take it anew (RFC 5545 §3.8.7.4). */
export async function updateClassSession(
  db: Database,
  id: string,
  fields: ClassSessionFields & Partial<ClassSessionMove>,
  shown: boolean,
): Promise<void> {
  await db
    .updateTable('class_session')
    .set({ ...fields, updated_at: new Date() })
    .$if(shown, (query) => query.set((eb) => ({ sequence: eb('sequence', '+', 1) })))
    .where('id', '=', id)
    .execute();
}

export async function cancelClassSession(db: Database, id: string, reason: string | null): Promise<void> {
  const now = new Date();
  await db
    .updateTable('class_session')
    .set((eb) => ({
      state: 'cancelled',
      change_reason: reason,
      changed_at: now,
      updated_at: now,
      sequence: eb('sequence', '+', 1),
    }))
    .where('id', '=', id)
    .execute();
}

export async function roomsOf(db: Database, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('class_session_room')
    .select('room_id')
    .where('class_session_id', '=', id)
    .orderBy('room_id')
    .execute();
  return rows.map((row) => row.room_id);
}

export async function setRooms(db: Database, id: string, roomIds: readonly string[]): Promise<void> {
  await db.deleteFrom('class_session_room').where('class_session_id', '=', id).execute();
  await db
    .insertInto('class_session_room')
    .values(roomIds.map((room_id) => ({ class_session_id: id, room_id })))
    .execute();
}

/** The row itself, kept from changing until the transaction ends. */
export async function lockClassSession(db: Database, id: string) {
  return await db.selectFrom('class_session').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** The lessons of a series that have not begun, from a time on; kept from changing until the transaction ends. */
export async function lockSeries(db: Database, seriesId: string, from: Date) {
  return await db
    .selectFrom('class_session')
    .selectAll()
    .where('series_id', '=', seriesId)
    .where('state', '=', 'scheduled')
    .where('scheduled_start', '>=', from)
    .orderBy('scheduled_start')
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** The sessions that a change of this one is for, by time. */
export async function listSeries(db: Database, id: string, scope: Scope) {
  const query = db.selectFrom('class_session').selectAll().where('state', '=', 'scheduled').orderBy('scheduled_start');
  const row = await query.where('id', '=', id).executeTakeFirst();
  if (!row) return [];
  if (scope === 'one' || row.series_id === null) return [row];
  const now = new Date();
  const from = scope === 'following' && row.scheduled_start > now ? row.scheduled_start : now;
  const isMeant = query.where('series_id', '=', row.series_id).where('scheduled_start', '>=', from);
  const rows = await isMeant.execute();
  return rows.some((other) => other.id === id) ? rows : [row, ...rows];
}

/** Makes changes of the timetable wait for each other, so that two of them cannot take the same room unseen. */
export async function lockTimetable(db: Database): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('tongke.timetable'))`.execute(db);
}

/** An account that can present in the alliance: not disabled, of a school that belongs to it. */
export async function findPresenter(db: Database, accountId: string, allianceId: string) {
  return await db
    .selectFrom('account')
    .innerJoin('alliance_school', 'alliance_school.school_id', 'account.school_id')
    .where('account.id', '=', accountId)
    .where('alliance_school.alliance_id', '=', allianceId)
    .where('account.disabled_at', 'is', null)
    .select(['account.id', 'alliance_school.school_id'])
    .executeTakeFirst();
}

/** Everyone whom `findPresenter` finds, by school and name. */
export async function listPresenters(db: Database, allianceId: string) {
  return await db
    .selectFrom('account')
    .innerJoin('alliance_school', 'alliance_school.school_id', 'account.school_id')
    .innerJoin('school', 'school.id', 'alliance_school.school_id')
    .where('alliance_school.alliance_id', '=', allianceId)
    .where('account.disabled_at', 'is', null)
    .select(['account.id', 'account.name', 'school.id as school_id', 'school.name as school_name'])
    .orderBy('school.name', byName)
    .orderBy('account.name', byName)
    .orderBy('account.id')
    .execute();
}

/** Until the transaction ends nobody gives the file up. @returns false when somebody has */
export async function holdFile(trx: Database, id: string): Promise<boolean> {
  const row = await trx
    .selectFrom('file')
    .select('id')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

export async function nodeExists(db: Database, nodeId: string): Promise<boolean> {
  return (await db.selectFrom('catalog_node').select('id').where('id', '=', nodeId).executeTakeFirst()) !== undefined;
}

export async function accountName(db: Database, id: string): Promise<string> {
  return (await db.selectFrom('account').select('name').where('id', '=', id).executeTakeFirstOrThrow()).name;
}
