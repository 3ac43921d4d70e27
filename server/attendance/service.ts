import type { ClassSession, HeadCountData } from '../class-sessions/schema.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { startOfSchoolDay } from '../school-time.ts';
import { type AttendanceEvent, attendanceOf } from './compute.ts';
import { countHeadCounts, type LessonFacts, readEvents, readLessons } from './facts.ts';
import { mayCount, mayReadAll, mayReadRoom } from './policy.ts';
import type { Attendance, Period } from './schema.ts';
import { type AttendanceRow, attendanceWorkbook } from './workbook.ts';

export interface AttendanceOptions {
  db: Database;
  /** Writes down that somebody has counted; durable when it resolves. */
  keepCount(classSessionId: string, at: number, data: HeadCountData): Promise<void>;
  /** @throws AppError `not_found` for a session that the actor may not see */
  readSession(actor: AccountActor, id: string): Promise<ClassSession>;
}

export type AttendanceService = ReturnType<typeof createAttendanceService>;

const dayMs = 86_400_000;
const lessonsAtOnce = 50;
/** Of one room in one lesson: each is written down, and the last one counts. */
const mostCounts = 200;
/** The server that holds a live lesson writes that down more often. */
const seenEveryMs = 30_000;

const rightsOf = (lesson: LessonFacts) => ({
  allianceId: lesson.alliance_id,
  schoolId: lesson.school_id,
  presenterId: lesson.presenter_id,
});

/** Which room was really there, and for how much of the lesson. */
export function createAttendanceService({ db, readSession, keepCount }: AttendanceOptions) {
  /** @throws AppError `not_found`, `forbidden`, `session_not_live` before it was begun */
  async function lessonFor(actor: AccountActor, id: string): Promise<LessonFacts> {
    const { alliance, school, presenter, rooms } = await readSession(actor, id);
    const rights = { allianceId: alliance.id, schoolId: school.id, presenterId: presenter.id };
    const reads = mayReadAll(actor, rights) || rooms.some((room) => mayReadRoom(actor, rights, room.school.id));
    if (!reads) throw new AppError('forbidden');
    const [lesson] = await readLessons(db, { id });
    if (!lesson) throw new AppError('session_not_live');
    return lesson;
  }

  /** Rows of the rooms that the actor may know of. */
  function rowsOf(actor: AccountActor, lesson: LessonFacts, told: readonly AttendanceEvent[]): AttendanceRow[] {
    const from = lesson.started_at?.getTime() ?? 0;
    const to = lesson.ended_at?.getTime() ?? Date.now();
    // Of a lesson that no server holds any more nobody knows who is there.
    const known = Math.min(to, (lesson.seen_at?.getTime() ?? to) + seenEveryMs);
    const events = lesson.ended_at ? told : stillThere(told, known);
    return lesson.rooms
      .filter((room) => mayReadRoom(actor, rightsOf(lesson), room.school_id))
      .map((room) => ({
        lesson,
        room,
        lengthMs: to - from,
        attendance: attendanceOf(room.id, { from, to }, events),
      }));
  }

  async function rowsOfLesson(actor: AccountActor, lesson: LessonFacts): Promise<AttendanceRow[]> {
    return rowsOf(actor, lesson, (await readEvents(db, [lesson.id])).get(lesson.id) ?? []);
  }

  async function* rowsOfLessons(actor: AccountActor, lessons: readonly LessonFacts[]) {
    for (let at = 0; at < lessons.length; at += lessonsAtOnce) {
      const some = lessons.slice(at, at + lessonsAtOnce);
      const events = await readEvents(
        db,
        some.map(({ id }) => id),
      );
      for (const lesson of some) yield rowsOf(actor, lesson, events.get(lesson.id) ?? []);
    }
  }

  async function read(actor: AccountActor, id: string): Promise<Attendance> {
    const lesson = await lessonFor(actor, id);
    const rows = await rowsOfLesson(actor, lesson);
    const iso = (ms: number) => new Date(ms).toISOString();
    return {
      startedAt: (lesson.started_at ?? new Date(0)).toISOString(),
      endedAt: lesson.ended_at?.toISOString() ?? null,
      rooms: rows.map(({ room, attendance: { connected, ...attendance } }) => ({
        id: room.id,
        name: room.name,
        school: { id: room.school_id, name: room.school_name },
        connected: connected.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
        ...attendance,
        mayCount: mayCount(actor, rightsOf(lesson), room.school_id),
      })),
    };
  }

  return {
    read,

    /** @throws AppError `not_found`, `forbidden`, `session_not_live`, `too_many_attempts` */
    async count(actor: AccountActor, id: string, roomId: string, count: number): Promise<Attendance> {
      const session = await readSession(actor, id);
      const room = session.rooms.find((one) => one.id === roomId);
      if (!room) throw new AppError('not_found');
      const rights = {
        allianceId: session.alliance.id,
        schoolId: session.school.id,
        presenterId: session.presenter.id,
      };
      if (!mayCount(actor, rights, room.school.id)) throw new AppError('forbidden');
      await lessonFor(actor, id);
      if ((await countHeadCounts(db, id, roomId)) >= mostCounts) throw new AppError('too_many_attempts');
      const data = { roomId, count, role: actor.role, accountId: actor.id, deviceId: null };
      await keepCount(id, Date.now(), data);
      return await read(actor, id);
    },

    async workbook(actor: AccountActor, id: string): Promise<{ name: string; bytes: Buffer }> {
      const lesson = await lessonFor(actor, id);
      return { name: lesson.title, bytes: await attendanceWorkbook([await rowsOfLesson(actor, lesson)]) };
    },

    /** All lessons of an alliance that began on those days. @throws AppError `not_found` for a foreign alliance */
    async workbookOfAlliance(actor: AccountActor, allianceId: string, { from, to }: Period): Promise<Buffer> {
      const alliance = await db.selectFrom('alliance').select('id').where('id', '=', allianceId).executeTakeFirst();
      if (!alliance || (actor.role !== 'admin' && !actor.allianceIds.includes(allianceId))) {
        throw new AppError('not_found');
      }
      const lessons = await readLessons(db, {
        allianceId,
        from: startOfSchoolDay(from),
        to: new Date(startOfSchoolDay(to).getTime() + dayMs),
      });
      return await attendanceWorkbook(rowsOfLessons(actor, lessons));
    },
  };
}

/** While a lesson goes on, whoever has come and not left is there. */
function stillThere(told: readonly AttendanceEvent[], now: number): AttendanceEvent[] {
  const present = new Map<string, Extract<AttendanceEvent, { kind: 'joined' | 'left' }>>();
  for (const event of told) {
    if (event.kind === 'joined') present.set(event.participantId, event);
    else if (event.kind === 'left') present.delete(event.participantId);
  }
  const left = [...present.values()].map((event) => ({ ...event, kind: 'left' as const, at: Math.max(event.at, now) }));
  return [...told, ...left];
}
