import { sql } from 'kysely';
import { audioData, headCountData, presenceData } from '../class-sessions/schema.ts';
import type { Database } from '../database/database.ts';
import { lessonRooms } from '../database/lesson-rooms.ts';
import type { AttendanceEvent } from './compute.ts';

export type LessonFacts = Awaited<ReturnType<typeof readLessons>>[number];

export type LessonFilter = { id: string } | { allianceId: string; from: Date; to: Date };

/** Lessons that were begun, by time, with their rooms. */
export async function readLessons(db: Database, filter: LessonFilter) {
  let query = db
    .selectFrom('class_session')
    .innerJoin('school', 'school.id', 'class_session.school_id')
    .innerJoin('account', 'account.id', 'class_session.presenter_id')
    .select([
      'class_session.id',
      'class_session.title',
      'class_session.state',
      'class_session.started_at',
      'class_session.ended_at',
      'class_session.seen_at',
      'class_session.alliance_id',
      'class_session.school_id',
      'class_session.presenter_id',
      'school.name as school_name',
      'account.name as presenter_name',
    ])
    .select((eb) => lessonRooms(eb).as('rooms'))
    .where('started_at', 'is not', null)
    .orderBy('started_at')
    .orderBy('class_session.id');
  if ('id' in filter) query = query.where('class_session.id', '=', filter.id);
  else {
    query = query
      .where('class_session.alliance_id', '=', filter.allianceId)
      .where('started_at', '>=', filter.from)
      .where('started_at', '<', filter.to);
  }
  return await query.execute();
}

/** How often the heads in a room were counted in that lesson. */
export async function countHeadCounts(db: Database, classSessionId: string, roomId: string): Promise<number> {
  const { count } = await db
    .selectFrom('class_event')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('class_session_id', '=', classSessionId)
    .where('kind', '=', 'head_count')
    .where(sql<boolean>`data ->> 'roomId' = ${roomId}`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** What was told of each lesson that attendance depends on, in order. */
export async function readEvents(db: Database, classSessionIds: string[]): Promise<Map<string, AttendanceEvent[]>> {
  const found = new Map<string, AttendanceEvent[]>();
  if (classSessionIds.length === 0) return found;
  const rows = await db
    .selectFrom('class_event')
    .select(['class_session_id', 'at', 'kind', 'data'])
    .where('class_session_id', 'in', classSessionIds)
    .where('kind', 'in', ['joined', 'left', 'audio', 'head_count'])
    .orderBy('at')
    .orderBy('id')
    .execute();
  for (const { class_session_id, at: moment, kind, data } of rows) {
    const at = moment.getTime();
    const events = found.get(class_session_id) ?? [];
    found.set(class_session_id, events);
    if (kind === 'audio') events.push({ at, kind, ...audioData.parse(data) });
    else if (kind === 'head_count') events.push({ at, kind, ...headCountData.parse(data) });
    else if (kind === 'joined' || kind === 'left') events.push({ at, kind, ...presenceData.parse(data) });
  }
  return found;
}
