import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/database.ts';
import type { Actor } from '../http/route.ts';
import { visibleTo } from './policy.ts';

/** A class session with the names that are shown beside it. */
export type ClassSessionRow = Awaited<ReturnType<typeof listClassSessions>>[number];

export interface TimetableFilter {
  /** Those that end after it. */
  from?: Date;
  /** Those that begin before it. */
  to?: Date;
  presenterId?: string;
  id?: string;
  /** Cancelled ones are told by their own address only. */
  withCancelled?: boolean;
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
      'account.name as presenter_name',
      'slides.name as slides_name',
      'slides.pages as slides_pages',
      'slides.state as slides_state',
      'recording.state as recording_state',
      'recording.failure as recording_failure',
      'resource.id as resource_id',
    ])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('class_session_room')
          .innerJoin('room', 'room.id', 'class_session_room.room_id')
          .innerJoin('school as home', 'home.id', 'room.school_id')
          .whereRef('class_session_room.class_session_id', '=', 'class_session.id')
          .select(['room.id', 'room.name', 'home.id as school_id', 'home.name as school_name'])
          .orderBy('home.name')
          .orderBy('room.name'),
      ).as('rooms'),
    )
    .where(visibleTo(actor))
    .orderBy('class_session.scheduled_start')
    .orderBy('class_session.id');
  if (filter.id !== undefined) query = query.where('class_session.id', '=', filter.id);
  if (filter.presenterId !== undefined) query = query.where('class_session.presenter_id', '=', filter.presenterId);
  // A lesson that runs late belongs to the timetable as long as it is live.
  const { from, to } = filter;
  if (from) {
    query = query.where((eb) => eb.or([eb('scheduled_end', '>', from), eb('class_session.state', '=', 'live')]));
  }
  if (to) query = query.where('scheduled_start', '<', to);
  if (!filter.withCancelled) query = query.where('class_session.state', '!=', 'cancelled');
  return await query.limit(1000).execute();
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
}

export async function insertClassSession(db: Database, fields: ClassSessionFields): Promise<string> {
  const { id } = await db.insertInto('class_session').values(fields).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateClassSession(db: Database, id: string, fields: ClassSessionFields): Promise<void> {
  await db.updateTable('class_session').set(fields).where('id', '=', id).execute();
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
    .orderBy('school.name')
    .orderBy('account.name')
    .orderBy('account.id')
    .execute();
}

/** Which of the rooms exist in a school of the alliance. */
export async function roomsInAlliance(
  db: Database,
  roomIds: readonly string[],
  allianceId: string,
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('room')
    .innerJoin('alliance_school', 'alliance_school.school_id', 'room.school_id')
    .where('room.id', 'in', roomIds)
    .where('room.deleted_at', 'is', null)
    .where('alliance_school.alliance_id', '=', allianceId)
    .select('room.id')
    .execute();
  return new Set(rows.map((row) => row.id));
}

export async function nodeExists(db: Database, nodeId: string): Promise<boolean> {
  return (await db.selectFrom('catalog_node').select('id').where('id', '=', nodeId).executeTakeFirst()) !== undefined;
}

export async function accountName(db: Database, id: string): Promise<string> {
  return (await db.selectFrom('account').select('name').where('id', '=', id).executeTakeFirstOrThrow()).name;
}
