import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { createMediaNode, type MediaNode, signJoinToken, signProbeToken } from '../../media/index.ts';
import { attendanceRoutes } from '../../server/attendance/routes.ts';
import { createAttendanceService } from '../../server/attendance/service.ts';
import { calendarFeedRoutes, calendarRoutes } from '../../server/calendar-feeds/routes.ts';
import { createCalendarFeedService } from '../../server/calendar-feeds/service.ts';
import { createSessionHooks } from '../../server/class-sessions/hooks.ts';
import { classSessionRoutes } from '../../server/class-sessions/routes.ts';
import type { ClassSession } from '../../server/class-sessions/schema.ts';
import { type ClassSessionService, createClassSessionService } from '../../server/class-sessions/service.ts';
import { watchClassSessions } from '../../server/class-sessions/watch.ts';
import { createRoomChecks } from '../../server/devices/checks.ts';
import { todayRoutes } from '../../server/devices/today-routes.ts';
import { createDerivedImages } from '../../server/files/derived.ts';
import { createFileService } from '../../server/files/service.ts';
import { createJobs } from '../../server/jobs/jobs.ts';
import { lessonNoteRoutes } from '../../server/lesson-notes/routes.ts';
import { createLessonNoteService } from '../../server/lesson-notes/service.ts';
import { noticeRoutes } from '../../server/notices/routes.ts';
import { createNoticeService } from '../../server/notices/service.ts';
import { concludeRecordingJob, finishRecordingJob } from '../../server/recordings/jobs.ts';
import { createRecordingService } from '../../server/recordings/service.ts';
import { createRecordingSink } from '../../server/recordings/sink.ts';
import { isVisible } from '../../server/resources/repository.ts';
import { roomGroupRoutes } from '../../server/room-groups/routes.ts';
import { createRoomGroupService } from '../../server/room-groups/service.ts';
import { createDiskStorage } from '../../server/storage/disk.ts';
import { testWorkerBin } from '../environment/services.ts';
import { freePorts } from '../media/environment/ports.ts';
import type { Browser } from './environment/browser.ts';
import { createWorld } from './environment/world.ts';

const minuteMs = 60_000;
export const tokenSecret = new TextEncoder().encode('a secret of tests that has 32 bytes or more');

/** The world with a real media node, a real store and the timetable. Recordings are left to whoever handles the job. */
export async function createLessonWorld() {
  const world = await createWorld();
  const { db } = world;
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  const folder = await mkdtemp(join(tmpdir(), 'tongke-lessons-'));
  // Converters work in it as other users.
  await chmod(folder, 0o711);
  const storage = await createDiskStorage({ directory: join(folder, 'objects') });
  const jobs = createJobs({ databaseUrl: world.database.url, log });
  jobs.declare(finishRecordingJob);
  jobs.declare(concludeRecordingJob);
  await jobs.start();
  const sendFinish = async (trx: typeof db, recordingId: string) => {
    await jobs.send(trx, finishRecordingJob, { recordingId }, { key: recordingId });
  };
  const sendConclude = async (trx: typeof db, recordingId: string, delaySeconds: number) => {
    await jobs.send(trx, concludeRecordingJob, { recordingId }, { key: recordingId, delaySeconds });
  };
  const recordings = createRecordingService({ db, sendFinish, sendConclude });
  const sink = createRecordingSink({ db, storage, sendFinish, log });
  const http = createServer();
  const port = await freePorts(1);
  async function openMediaNode(): Promise<MediaNode> {
    const node = await createMediaNode({
      tokenSecret,
      sink,
      hooks: createSessionHooks({ db, recordings, log }),
      dataFolder: join(folder, 'media'),
      log,
      workerBin: testWorkerBin(),
      workers: 1,
      basePort: port,
      listenAddress: '127.0.0.1',
    });
    node.attach(http);
    return node;
  }
  let mediaNode = await openMediaNode();
  const classroom = {
    startSession: (...session: Parameters<MediaNode['startSession']>) => mediaNode.startSession(...session),
    endSession: (id: string, reason: 'presenter' | 'abandoned' | 'cancelled') => mediaNode.endSession(id, reason),
    refreshSession: (id: string) => mediaNode.refreshSession(id),
    showSlides: (...shown: Parameters<MediaNode['showSlides']>) => mediaNode.showSlides(...shown),
    headsCounted: (event: Parameters<MediaNode['headsCounted']>[0]) => mediaNode.headsCounted(event),
    putOut: (...lost: Parameters<MediaNode['putOut']>) => mediaNode.putOut(...lost),
    isLive: (id: string) => mediaNode.isLive(id),
    activeSessions: () => mediaNode.activeSessions(),
  };
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port: httpPort } = http.address() as AddressInfo;

  const files = createFileService({
    db,
    storage,
    jobs,
    derived: createDerivedImages({ db, storage, onFailure: (error) => log.warn({ err: error }, 'no smaller image') }),
    mayReadResource: (actor, id) => isVisible(db, actor, id),
    mayReadAsSlides: (actor, id) => classSessions.mayReadAsSlides(actor, id),
    countDownload: () => Promise.resolve(),
  });
  const notices = createNoticeService({ db });
  const classSessions: ClassSessionService = createClassSessionService({
    db,
    schoolDays: world.services.schoolDays,
    tell: notices.tell,
    classroom,
    recordings,
    signJoinToken: (claims, at) => signJoinToken(claims, tokenSecret, at),
    assistantSecret: tokenSecret,
    publicAddress: 'https://tongke.example.edu.cn',
    deviceActor: (id) => world.services.devices.actor(id),
    classroomUrl: `ws://127.0.0.1:${httpPort}/classroom`,
    placesOf: (nodeIds) => world.services.catalog.placesOf(nodeIds),
    readableFile: (actor, id) => files.readable(actor, id),
  });
  world.app.route('/api', classSessionRoutes({ classSessions }));
  const attendance = createAttendanceService({
    db,
    readSession: (actor, id) => classSessions.get(actor, id),
    keepCount: (classSessionId, at, data) => classSessions.keepHeadCount(classSessionId, at, data),
  });
  world.app.route('/api', attendanceRoutes({ attendance }));
  const calendarFeeds = createCalendarFeedService({
    db,
    lessonsOf: classSessions.lessonsOf,
    keptRoom: (actor, roomId) => world.services.devices.keptRoom(actor, roomId),
    publicAddress: 'https://tongke.example.edu.cn',
  });
  world.app.route('/api', calendarFeedRoutes({ calendarFeeds }));
  world.app.route('/', calendarRoutes(calendarFeeds));
  world.app.route('/api', noticeRoutes({ notices }));
  const lessonNotes = createLessonNoteService({ db, requireSession: (actor, id) => classSessions.get(actor, id) });
  world.app.route('/api', lessonNoteRoutes({ lessonNotes }));
  world.app.route('/api', roomGroupRoutes({ roomGroups: createRoomGroupService({ db }) }));
  const { devices } = world.services;
  const roomChecks = createRoomChecks({
    db,
    classroomUrl: `ws://127.0.0.1:${httpPort}/classroom`,
    roomsInSight: (actor, schoolId) => devices.rooms(actor, schoolId),
    roomsOfSession: async (actor, id) => (await classSessions.get(actor, id)).rooms,
    keptRoom: (actor, roomId) => devices.keptRoom(actor, roomId),
    signProbeToken: (claims) => signProbeToken(claims, tokenSecret),
  });
  world.app.route('/api', todayRoutes({ devices, classSessions, roomChecks }));

  async function addRoom(school: keyof typeof world.schools, name: string): Promise<string> {
    const room = { school_id: world.schools[school], name };
    const { id } = await db.insertInto('room').values(room).returning('id').executeTakeFirstOrThrow();
    return id;
  }
  const rooms = {
    lead: await addRoom('lead', '录播室'),
    member: await addRoom('member', '多媒体教室'),
    stranger: await addRoom('stranger', '多媒体教室'),
  };

  /** A wish for the timetable, so many minutes from now; 40 minutes long. */
  const plan = (startsInMinutes: number, more: object = {}) => ({
    title: '分数的初步认识',
    allianceId: world.alliances.ours,
    roomIds: [rooms.member],
    scheduledStart: new Date(Date.now() + startsInMinutes * minuteMs).toISOString(),
    scheduledEnd: new Date(Date.now() + (startsInMinutes + 40) * minuteMs).toISOString(),
    ...more,
  });

  async function schedule(browser: Browser, startsInMinutes: number, more: object = {}): Promise<ClassSession> {
    const response = await browser.post('/api/class-sessions', plan(startsInMinutes, more));
    if (response.status !== 201) throw new Error(`not scheduled: ${await response.text()}`);
    return (await response.json()) as ClassSession;
  }

  /** Courseware that has been uploaded and prepared. */
  async function addSlides(owner: string, pages: number): Promise<string> {
    const row = {
      name: '分数.pdf',
      media_type: 'application/pdf',
      object_key: `files/${crypto.randomUUID()}`,
      bytes: 1,
      owner_id: world.accounts[owner] ?? null,
      school_id: world.schools.lead,
      state: 'ready' as const,
      pages,
    };
    return (await db.insertInto('file').values(row).returning('id').executeTakeFirstOrThrow()).id;
  }

  return {
    ...world,
    addSlides,
    folder,
    jobs,
    storage,
    recordings,
    sink,
    classroom,
    classSessions,
    rooms,
    plan,
    schedule,
    watch: (graceMs: number) => watchClassSessions({ db, classroom, recordings, log, graceMs, everyMs: 50 }),
    /** What was written down of a session, in order. */
    async eventsOf(classSessionId: string): Promise<[kind: string, data: unknown][]> {
      const events = await db
        .selectFrom('class_event')
        .select(['kind', 'data'])
        .where('class_session_id', '=', classSessionId)
        .orderBy('id')
        .execute();
      return events.map(({ kind, data }) => [kind, data]);
    },
    /** How many recorders have opened the session's recording. */
    async recordersOf(classSessionId: string): Promise<number> {
      const query = db.selectFrom('recording').select('recorders').where('class_session_id', '=', classSessionId);
      return (await query.executeTakeFirstOrThrow()).recorders;
    },
    /** The jobs that wait for the session's recording. */
    async recordingJobs(classSessionId: string): Promise<string[]> {
      const { rows } = await sql<{ name: string }>`
        select job.name from jobs.job join recording on recording.id::text = job.singleton_key
        where recording.class_session_id = ${classSessionId}`.execute(db);
      return rows.map(({ name }) => name);
    },
    /** The node takes nobody in any more. */
    stopMediaNode: () => mediaNode.close(),
    /** The node goes down and comes up again, as a server's restart does it. */
    async restartMediaNode() {
      await mediaNode.close();
      mediaNode = await openMediaNode();
    },
    async close() {
      await mediaNode.close();
      http.close();
      await jobs.stop(1000);
      await storage.close();
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type LessonWorld = Awaited<ReturnType<typeof createLessonWorld>>;
