import type { Place } from '../catalog/schema.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor, Actor, DeviceActor } from '../http/route.ts';
import { answerOf } from './answer.ts';
import { createLesson, type LessonOptions } from './lesson.ts';
import { maySchedule, visibleTo } from './policy.ts';
import { type ClassSessionRow, listClassSessions, listPresenters, type TimetableFilter } from './repository.ts';
import type {
  ClassSession,
  ClassSessionJoin,
  CreateClassSession,
  PresenterList,
  TimetableQuery,
  UpdateClassSession,
} from './schema.ts';
import { createTimetable, type TimetableOptions } from './timetable.ts';

export interface ClassSessionOptions extends LessonOptions, TimetableOptions {
  db: Database;
  /** Where catalog nodes lie, by node id. */
  placesOf(nodeIds: readonly string[]): Promise<ReadonlyMap<string, Place>>;
  /** WebSocket address of the media node, or its path on this server. */
  classroomUrl: string;
  /** IANA name of the zone whose days the timetable shows; the schools of an alliance share it. */
  timeZone?: string;
}

export type ClassSessionService = ReturnType<typeof createClassSessionService>;

const dayMs = 24 * 60 * 60 * 1000;

/** Midnight before `now` on the clocks of the zone, not of this machine: servers often run on UTC. */
function startOfDay(now: Date, timeZone: string): Date {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const [hours = 0, minutes = 0, seconds = 0] = clock.format(now).split(':').map(Number);
  const sinceMidnightMs = ((hours * 60 + minutes) * 60 + seconds) * 1000 + now.getMilliseconds();
  return new Date(now.getTime() - sinceMidnightMs);
}

/** The timetable and the lessons on it. Sessions that the actor may not see are `not_found`. */
export function createClassSessionService(options: ClassSessionOptions) {
  const { db, placesOf, classroom, classroomUrl, timeZone = 'Asia/Shanghai' } = options;
  const timetable = createTimetable(options);
  const lesson = createLesson(options);

  async function answers(actor: Actor, rows: readonly ClassSessionRow[]): Promise<ClassSession[]> {
    const nodeIds = new Set(rows.flatMap((row) => row.catalog_node_id ?? []));
    const places = nodeIds.size > 0 ? await placesOf([...nodeIds]) : new Map<string, Place>();
    return rows.map((row) => answerOf(row, places.get(row.catalog_node_id ?? '') ?? null, actor));
  }

  async function find(actor: Actor, id: string): Promise<ClassSessionRow> {
    const [row] = await listClassSessions(db, actor, { id, withCancelled: true });
    if (!row) throw new AppError('not_found');
    return row;
  }

  async function get(actor: Actor, id: string): Promise<ClassSession> {
    const [answer] = await answers(actor, [await find(actor, id)]);
    if (!answer) throw new AppError('not_found');
    return answer;
  }

  return {
    get,

    async list(actor: Actor, query: TimetableQuery): Promise<ClassSession[]> {
      const from = query.from ?? startOfDay(new Date(), timeZone);
      const filter: TimetableFilter = { from, to: query.to ?? new Date(from.getTime() + 31 * dayMs) };
      if (query.mine) {
        if (actor.kind === 'device') return [];
        filter.presenterId = actor.id;
      }
      return await answers(actor, await listClassSessions(db, actor, filter));
    },

    /** What a room's screen shows today: the day's sessions, and one that is still live. */
    async sessionsOfRoomToday(device: DeviceActor, now: Date): Promise<ClassSession[]> {
      const from = startOfDay(now, timeZone);
      const rows = await listClassSessions(db, device, { from, to: new Date(from.getTime() + dayMs) });
      return await answers(device, rows);
    },

    /** @throws AppError `not_found` for a foreign alliance */
    async presenters(actor: AccountActor, allianceId: string): Promise<PresenterList['items']> {
      if (actor.role !== 'admin' && !actor.allianceIds.includes(allianceId)) throw new AppError('not_found');
      const rows = await listPresenters(db, allianceId);
      return rows
        .filter((row) => maySchedule(actor, { allianceId, presenterId: row.id, schoolId: row.school_id }))
        .map(({ id, name, school_id, school_name }) => ({ id, name, school: { id: school_id, name: school_name } }));
    },

    async create(actor: AccountActor, input: CreateClassSession): Promise<ClassSession> {
      return await get(actor, await timetable.create(actor, input));
    },

    async update(actor: AccountActor, id: string, input: UpdateClassSession): Promise<ClassSession> {
      await find(actor, id);
      await timetable.update(actor, id, input);
      return await get(actor, id);
    },

    async cancel(actor: AccountActor, id: string): Promise<ClassSession> {
      await find(actor, id);
      await timetable.cancel(actor, id);
      // Whoever already waits in the classroom is told.
      await classroom.endSession(id, 'cancelled');
      return await get(actor, id);
    },

    async start(actor: AccountActor, id: string): Promise<ClassSession> {
      await find(actor, id);
      await lesson.start(actor, id);
      return await get(actor, id);
    },

    async join(actor: Actor, id: string): Promise<ClassSessionJoin> {
      const row = await find(actor, id);
      const { token, role } = await lesson.join(actor, row);
      return { token, role, url: classroomUrl, classSession: await get(actor, id) };
    },

    async end(actor: AccountActor, id: string): Promise<ClassSession> {
      await lesson.end(actor, await find(actor, id));
      return await get(actor, id);
    },

    /** True for the slides of a session that the actor may see: whoever may attend may also turn the pages. */
    async mayReadAsSlides(actor: Actor, fileId: string): Promise<boolean> {
      const session = await db
        .selectFrom('class_session')
        .select('class_session.id')
        .where('slides_file_id', '=', fileId)
        .where('class_session.state', '!=', 'cancelled')
        .where(visibleTo(actor))
        .limit(1)
        .executeTakeFirst();
      return session !== undefined;
    },
  };
}
