import { z } from 'zod';
import type { CalendarEntry, FeedOwner } from '../calendar-feeds/schema.ts';
import type { Place } from '../catalog/schema.ts';
import type { Database } from '../database/database.ts';
import { sessionsShowing } from '../database/lesson-slides.ts';
import { AppError } from '../errors.ts';
import { idSchema, readCursor, timeSchema, writeCursor } from '../http/page.ts';
import type { AccountActor, Actor, DeviceActor } from '../http/route.ts';
import { schoolDay, startOfSchoolDay } from '../school-time.ts';
import type { Sightings } from '../trail/sightings.ts';
import { answerOf, dayChangeOf, entryOf } from './answer.ts';
import { createAssistants } from './assistants.ts';
import { type ChangeOptions, createChanges } from './changes.ts';
import { createEventLog } from './event-log.ts';
import { putOutOfAlliance } from './left-alliance.ts';
import { createLesson, type LessonOptions } from './lesson.ts';
import { createPlanning } from './planning.ts';
import type { CreateSeries, PreviewAnswer, PreviewInput, SeriesAnswer } from './planning-schema.ts';
import { maySchedule, visibleTo } from './policy.ts';
import { type ClassSessionRow, listClassSessions, listPresenters, type TimetableFilter } from './repository.ts';
import type {
  Cancellation,
  ClassSession,
  ClassSessionJoin,
  ClassSessionList,
  CreateClassSession,
  DayChange,
  HeadCountData,
  LessonSlides,
  PresenterList,
  TimetableQuery,
  UpdateClassSession,
} from './schema.ts';
import { createSlides } from './slides.ts';
import { createTimetable, type TimetableOptions } from './timetable.ts';

export interface ClassSessionOptions extends LessonOptions, TimetableOptions, ChangeOptions {
  db: Database;
  /** Where catalog nodes lie, by node id. */
  placesOf(nodeIds: readonly string[]): Promise<ReadonlyMap<string, Place>>;
  /** WebSocket address of the media node, or its path on this server. */
  classroomUrl: string;
  /** Signs what the screens of rooms show to phones; at least 32 bytes. */
  assistantSecret: Uint8Array;
  /** Where this server is reached from outside, if that is known. */
  publicAddress?: string | null;
  /** Of a device that has its access. */
  deviceActor(deviceId: string): Promise<DeviceActor | null>;
  /** Told of who enters. */
  sightings?: Pick<Sightings, 'note'>;
}

export type ClassSessionService = ReturnType<typeof createClassSessionService>;

const dayMs = 24 * 60 * 60 * 1000;
/** A room checks itself and enters so long before a lesson, also where midnight lies between. */
const readyEarlyMs = 15 * 60 * 1000;
/** Of a timetable: more than a large alliance has in a week. */
const mostAtOnce = 1000;
/** Of one calendar: twenty a day and more. Only what was put there by mistake goes beyond it, the latest of it first. */
const mostOfCalendar = 10_000;

/** The timetable and the lessons on it. Sessions that the actor may not see are `not_found`. */
export function createClassSessionService(options: ClassSessionOptions) {
  const { db, placesOf, classroom, classroomUrl } = options;
  const timetable = createTimetable(options);
  const changes = createChanges(options);
  const planning = createPlanning(options);
  const lesson = createLesson(options);
  const slides = createSlides(options);
  const events = createEventLog(db);

  async function answers(actor: Actor, rows: readonly ClassSessionRow[]): Promise<ClassSession[]> {
    const nodeIds = new Set(rows.flatMap((row) => row.catalog_node_id ?? []));
    const places = nodeIds.size > 0 ? await placesOf([...nodeIds]) : new Map<string, Place>();
    return rows.map((row) => answerOf(row, places.get(row.catalog_node_id ?? '') ?? null, actor));
  }

  async function find(actor: Actor, id: string): Promise<ClassSessionRow> {
    const [row] = await listClassSessions(db, actor, { id, withChanges: true });
    if (!row) throw new AppError('not_found');
    return row;
  }

  async function get(actor: Actor, id: string): Promise<ClassSession> {
    const [answer] = await answers(actor, [await find(actor, id)]);
    if (!answer) throw new AppError('not_found');
    return answer;
  }

  function noteEntry(actor: Actor, { id, title, school_id: schoolId }: ClassSessionRow, role: string): void {
    options.sightings?.note('class_session.joined', { actor, id, title, schoolId, details: { role } });
  }

  return {
    get,

    assistants: createAssistants({
      deviceActor: options.deviceActor,
      secret: options.assistantSecret,
      classroomUrl,
      publicAddress: options.publicAddress ?? null,
      read: get,
      async admit(device, id) {
        const row = await find(device, id);
        const { token, role } = await lesson.assist(device, row);
        noteEntry(device, row, role);
        return token;
      },
    }),

    async list(actor: Actor, query: TimetableQuery): Promise<ClassSessionList> {
      const from = query.from ?? startOfSchoolDay(schoolDay(new Date()));
      const filter: TimetableFilter = {
        from,
        to: query.to ?? new Date(from.getTime() + 31 * dayMs),
        limit: mostAtOnce + 1,
      };
      if (query.changes) filter.withChanges = true;
      if (query.mine) {
        if (actor.kind === 'device') return { items: [], nextCursor: null };
        filter.presenterId = actor.id;
      }
      if (query.cursor !== undefined) {
        const [start, id] = readCursor(query.cursor, z.tuple([timeSchema, idSchema]));
        filter.after = { start, id };
      }
      const rows = await listClassSessions(db, actor, filter);
      const shown = rows.slice(0, mostAtOnce);
      const last = rows.length > shown.length ? shown.at(-1) : undefined;
      return {
        items: await answers(actor, shown),
        nextCursor: last ? writeCursor([last.scheduled_start.toISOString(), last.id]) : null,
      };
    },

    /** What a room's screen shows today: the day's sessions, one that is still live, and one that the room gets ready for before midnight. */
    async sessionsOfRoomToday(device: DeviceActor, now: Date): Promise<ClassSession[]> {
      const from = startOfSchoolDay(schoolDay(now));
      const to = new Date(Math.max(from.getTime() + dayMs, now.getTime() + readyEarlyMs));
      const rows = await listClassSessions(db, device, { from, to, limit: mostAtOnce });
      return await answers(device, rows);
    },

    /** What a room's screen says of lessons that it was to have today. */
    async changesOfRoomToday(device: DeviceActor, now: Date): Promise<DayChange[]> {
      const from = startOfSchoolDay(schoolDay(now));
      const to = new Date(from.getTime() + dayMs);
      const rows = await listClassSessions(db, device, { from, to, withChanges: true, limit: mostAtOnce });
      return rows
        .flatMap((row) => dayChangeOf(row) ?? [])
        .filter(({ from: was }) => Date.parse(was.end) > from.getTime() && Date.parse(was.start) < to.getTime())
        .sort((a, b) => a.from.start.localeCompare(b.from.start));
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

    async createSeries(actor: AccountActor, input: CreateSeries): Promise<SeriesAnswer> {
      const { id, sessionIds } = await timetable.createSeries(actor, input);
      return { id, items: await answers(actor, await listClassSessions(db, actor, { ids: sessionIds })) };
    },

    preview: (actor: AccountActor, input: PreviewInput): Promise<PreviewAnswer> => planning.preview(actor, input),

    async update(actor: AccountActor, id: string, input: UpdateClassSession): Promise<ClassSession> {
      await find(actor, id);
      // Rooms may wait inside already: they are to have the slides that were just chosen.
      for (const one of await changes.update(actor, id, input)) await classroom.refreshSession(one);
      return await get(actor, id);
    },

    async cancel(actor: AccountActor, id: string, cancellation: Cancellation): Promise<ClassSession> {
      await find(actor, id);
      // Whoever already waits in the classroom is told.
      for (const one of await changes.cancel(actor, id, cancellation)) await classroom.endSession(one, 'cancelled');
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
      noteEntry(actor, row, role);
      return { token, role, url: classroomUrl, classSession: await get(actor, id) };
    },

    /** Somebody who may has said how many sat in a room, after the lesson or from outside it: who is in it sees it. */
    async keepHeadCount(classSessionId: string, at: number, data: HeadCountData): Promise<void> {
      await events.append(classSessionId, at, { kind: 'head_count', data });
      await classroom.headsCounted({ classSessionId, roomId: data.roomId, count: data.count, at });
    },

    /** A school is no member of the alliance any more: its seats in the alliance's lessons are closed. */
    schoolLeft: (member: { allianceId: string; schoolId: string }) => putOutOfAlliance(db, classroom, member),

    async slides(actor: Actor, id: string): Promise<LessonSlides[]> {
      return await slides.list(await find(actor, id));
    },

    async showSlides(actor: AccountActor, id: string, fileId: string | null): Promise<LessonSlides[]> {
      await slides.show(actor, await find(actor, id), fileId);
      return await slides.list(await find(actor, id));
    },

    async end(actor: AccountActor, id: string): Promise<ClassSession> {
      await lesson.end(actor, await find(actor, id));
      return await get(actor, id);
    },

    /** For calendars: what somebody presents or a room takes part in, cancelled ones too. */
    async lessonsOf(owner: FeedOwner, range: { from: Date; to: Date }): Promise<CalendarEntry[]> {
      // As that teacher and that room see their own lessons, whatever else they may see.
      const wanted = { ...range, withChanges: true, limit: mostOfCalendar };
      const rows =
        'accountId' in owner
          ? await listClassSessions(
              db,
              { kind: 'account', id: owner.accountId, role: 'teacher', schoolId: null, allianceIds: [] },
              { ...wanted, presenterId: owner.accountId },
            )
          : await listClassSessions(
              db,
              { kind: 'device', id: '', roomId: owner.roomId, schoolId: '', allianceIds: [] },
              wanted,
            );
      return rows.map(entryOf);
    },

    /** True for the slides of a session that the actor may see: whoever may attend may also turn the pages. */
    async mayReadAsSlides(actor: Actor, fileId: string): Promise<boolean> {
      const session = await db
        .selectFrom('class_session')
        .select('class_session.id')
        .where('class_session.id', 'in', sessionsShowing(fileId))
        .where('class_session.state', '!=', 'cancelled')
        .where(visibleTo(actor))
        .limit(1)
        .executeTakeFirst();
      return session !== undefined;
    },
  };
}
