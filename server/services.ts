import { join } from 'node:path';
import type { Logger } from 'pino';
import { finishRecording, type MediaNode, signJoinToken } from '../media/index.ts';
import { createMeilisearchIndex, type SearchIndex } from '../search/index.ts';
import { createAttempts } from './accounts/attempts.ts';
import { type Authentication, createAuthentication } from './accounts/authentication.ts';
import { createAccountService } from './accounts/service.ts';
import { createSignInService } from './accounts/sign-in.ts';
import type { AppServices } from './app.ts';
import { createAttendanceService } from './attendance/service.ts';
import { createAuditService } from './audit/service.ts';
import { startBackground } from './background.ts';
import { createCalendarFeedService } from './calendar-feeds/service.ts';
import { createCaptionService } from './captions/service.ts';
import { createCatalogService } from './catalog/service.ts';
import { createClassSessionService } from './class-sessions/service.ts';
import { openClassroom } from './classroom.ts';
import type { Config } from './config.ts';
import { readSecret } from './embedded/secrets.ts';
import { createDerivedImages } from './files/derived.ts';
import { createRenditionService } from './files/renditions/service.ts';
import { findAnyFile } from './files/repository.ts';
import { createFileService } from './files/service.ts';
import { noteUses } from './files/uses.ts';
import { createLessonNoteService } from './lesson-notes/service.ts';
import { publicAddress } from './listen.ts';
import { createNoticeService } from './notices/service.ts';
import { createOutbox } from './outbox/outbox.ts';
import type { Parts } from './parts.ts';
import { createPlaybackService } from './playback/service.ts';
import { sendRender } from './previews/renditions/jobs.ts';
import { decodeText, textForSearch } from './previews/text.ts';
import type { VirusScanner } from './previews/virus-scan/scanner.ts';
import { openProcessing } from './processing.ts';
import { createPupilConsentService } from './pupil-consent/service.ts';
import { createRecordings } from './recordings/recordings.ts';
import { type ResourceSummary, resourceSummarySchema } from './resources/schema.ts';
import { createResourceSearch } from './resources/search.ts';
import { createResourceService } from './resources/service.ts';
import { createRetentionService } from './retention/service.ts';
import { createRoomGroupService } from './room-groups/service.ts';
import { createRoomMachines } from './room-machines.ts';
import { createConverter } from './sandbox/converter.ts';
import { findSandbox, type Protection } from './sandbox/sandbox.ts';
import { openWorkspace } from './sandbox/workspace.ts';
import { createSchoolDayService } from './school-days/service.ts';
import { lockQuota } from './schools/quota.ts';
import { createSchoolService } from './schools/service.ts';
import { createSetUpService } from './setup/service.ts';
import type { Shutdown } from './shutdown.ts';
import { createSynonymService } from './synonyms/service.ts';
import { createSightings } from './trail/sightings.ts';
import { createUploads } from './uploads/service.ts';
import { createUploadStore } from './uploads/store.ts';

export interface ServicesOptions {
  config: Config;
  dataDir: string;
  parts: Parts;
  log: Logger;
  shutdown: Shutdown;
}

export interface Services {
  services: Omit<AppServices, 'system' | 'authority'>;
  authentication: Authentication;
  /** Signs the cookies. */
  cookieSecret: string;
  classroom: MediaNode;
  index: SearchIndex<ResourceSummary>;
  /** Null where none is configured. */
  scanner: VirusScanner | null;
  /** What this machine does not give to wall converters in. */
  unprotected: readonly Protection[];
}

const hourMs = 60 * 60 * 1000;
const classroomUrl = '/classroom';

/** Wires the features to each other, and starts what works in the background. */
export async function startServices({ config, dataDir, parts, log, shutdown }: ServicesOptions): Promise<Services> {
  const { database, storage, jobs, meilisearch } = parts;
  const { db } = database;
  // What it finds out by trying is not waited for here.
  const sandbox = findSandbox();
  const [cookieSecret, joinSecret, workspace] = await Promise.all([
    readSecret(dataDir, 'cookies'),
    readSecret(dataDir, 'join-token'),
    openWorkspace(join(dataDir, 'tmp', 'recordings')),
  ]);
  const tokenSecret = new TextEncoder().encode(joinSecret);

  const sightings = createSightings({ db, log });
  // Early, so that it closes after all that has something to tell it.
  shutdown.add('audit trail', () => sightings.close());
  const authentication = createAuthentication({ db, secret: cookieSecret });
  const attempts = createAttempts(db, {
    limit: config.SIGN_IN_ATTEMPTS,
    windowMs: config.SIGN_IN_LOCK_MINUTES * 60_000,
  });
  const accounts = createAccountService({ db, onAccessEnded: (accountId) => classroom.putOut(accountId) });
  const catalog = createCatalogService({ db });
  const { placesOf } = catalog;
  const synonyms = createSynonymService({ db });
  const outbox = createOutbox();
  const index = createMeilisearchIndex({
    ...meilisearch,
    indexName: config.MEILI_INDEX,
    shown: resourceSummarySchema,
  });

  const recordings = createRecordings({
    db,
    storage,
    outbox,
    jobs,
    log,
    workspace,
    convert: async (run) => await createConverter(await sandbox)(run),
    finishVideo: finishRecording,
    onPublished: (trx, fileId) => sendRender(jobs, trx, fileId),
    waitingChunks: (recordingId) => classroom.waitingChunks(recordingId),
    ffmpeg: config.FFMPEG_PATH,
  });
  const [classroom, processing] = await Promise.all([
    openClassroom({ config, dataDir, db, tokenSecret, recordings, log }),
    openProcessing({
      ...{ config, dataDir, db, storage, sandbox, log },
      async onFileChanged(tx, fileId) {
        const file = await findAnyFile(tx, fileId);
        if (file?.resource_id) await outbox.markChanged(tx, 'resource', file.resource_id);
        if (file?.state === 'ready' && file.pages !== null) await recordings.pagesRead(tx, fileId);
        if (file?.state !== 'ready' || file.duration_ms === null) return;
        await captions.keepWords(tx, fileId);
        await sendRender(jobs, tx, fileId);
      },
    }),
  ]);
  const { previews, renderer, scanner, unprotected } = processing;
  shutdown.add('classroom', () => classroom.close());

  const files = createFileService({
    db,
    storage,
    jobs,
    scanned: scanner !== null,
    derived: createDerivedImages({
      db,
      storage,
      onFailure: (error) => log.warn({ err: error }, 'no smaller image'),
    }),
    mayReadResource: (actor, id) => resources.isVisible(actor, id),
    mayReadAsSlides: (actor, id) => classSessions.mayReadAsSlides(actor, id),
    countDownload: async (_actor, { resourceId }) => {
      if (resourceId !== null) await resources.countDownload(resourceId);
    },
    onUsed: noteUses(sightings),
  });
  const resources = createResourceService({
    db,
    outbox,
    jobs,
    sightings,
    placesOf,
    search: createResourceSearch({
      db,
      pool: database.pool,
      index,
      catalog,
      log,
    }),
    filesOf: (actor, resourceId) => files.ofResource(actor, resourceId),
    recordingOf: (resourceId) => recordings.service.recordingOf(resourceId),
    inkShown: (resourceId) => recordings.service.inkShown(resourceId),
    retentionOf: (resourceId) => retention.ofResource(resourceId),
  });
  const retention = createRetentionService({ db, resources });
  const captions = createCaptionService({
    db,
    files,
    outbox,
    decode: (bytes) => decodeText(bytes, false),
    searchable: textForSearch,
    mayEditResource: (actor, id) => resources.isEditable(actor, id),
  });
  const schoolDays = createSchoolDayService({ db });
  const notices = createNoticeService({ db });
  const classSessions = createClassSessionService({
    db,
    schoolDays,
    tell: notices.tell,
    placesOf,
    sightings,
    classroom,
    recordings: recordings.service,
    classroomUrl,
    readableFile: (actor, id) => files.readable(actor, id),
    signJoinToken: (claims, at) => signJoinToken(claims, tokenSecret, at),
    assistantSecret: tokenSecret,
    publicAddress: publicAddress(config),
    deviceActor: (deviceId) => devices.actor(deviceId),
  });

  const uploads = createUploads({
    db,
    databaseUrl: parts.databaseUrl,
    log,
    store: await createUploadStore(storage, {
      directory: join(dataDir, 'uploads'),
      expiryMs: config.UPLOAD_EXPIRY_HOURS * hourMs,
    }),
    files,
    lockQuota,
    freeBytes: () => storage.freeBytes(),
    maxBytes: config.UPLOAD_MAX_BYTES,
    expiryMs: config.UPLOAD_EXPIRY_HOURS * hourMs,
    path: '/api/uploads',
  });
  shutdown.add('uploads', () => uploads.close());
  await startBackground({
    ...{
      config,
      parts,
      log,
      shutdown,
      attempts,
      catalog,
      synonyms,
      index,
      files,
      uploads,
      previews,
      renderer,
      resources,
    },
    ...{ classroom, recordings: recordings.service, notices },
  });

  const roomMachines = createRoomMachines({
    ...{ db, attempts, classroomUrl, tokenSecret, classSessions, publicAddress: publicAddress(config) },
    onRevoked: (deviceId) => classroom.putOut(deviceId),
  });
  const { devices } = roomMachines;

  return {
    authentication,
    cookieSecret,
    classroom,
    index,
    scanner,
    unprotected,
    services: {
      accounts,
      audit: createAuditService({ db }),
      signIn: await createSignInService({
        ...{ db, authentication, secret: cookieSecret, attempts, sightings },
        onOthersEnded: (accountId, exceptSignInId) => classroom.putOut(accountId, { exceptSignInId }),
      }),
      schools: createSchoolService({ db, onMemberRemoved: (member) => classSessions.schoolLeft(member) }),
      ...roomMachines,
      setUp: createSetUpService({ db, accounts, attempts }),
      catalog,
      synonyms,
      files,
      renditions: createRenditionService({ db, storage, files }),
      captions,
      playback: createPlaybackService({
        db,
        files,
        titlesOf: (actor, ids) => resources.titlesOf(actor, ids),
      }),
      resources,
      pupilConsent: createPupilConsentService({ db }),
      retention,
      uploads,
      classSessions,
      attendance: createAttendanceService({
        db,
        readSession: (actor, id) => classSessions.get(actor, id),
        keepCount: (classSessionId, at, data) => classSessions.keepHeadCount(classSessionId, at, data),
      }),
      schoolDays,
      lessonNotes: createLessonNoteService({ db, requireSession: (actor, id) => classSessions.get(actor, id) }),
      roomGroups: createRoomGroupService({ db }),
      notices,
      calendarFeeds: createCalendarFeedService({
        db,
        lessonsOf: classSessions.lessonsOf,
        keptRoom: (actor, roomId) => devices.keptRoom(actor, roomId),
        publicAddress: publicAddress(config),
      }),
    },
  };
}
