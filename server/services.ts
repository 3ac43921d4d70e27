import { join } from 'node:path';
import type { Logger } from 'pino';
import { createMediaNode, finishRecording, type MediaNode, signJoinToken } from '../media/index.ts';
import { createMeilisearchIndex, type SearchIndex } from '../search/index.ts';
import { createAttempts } from './accounts/attempts.ts';
import { type Authentication, createAuthentication } from './accounts/authentication.ts';
import { cleanSignInsCron, cleanSignInsJob, createSignInCleaning } from './accounts/jobs.ts';
import { createAccountService } from './accounts/service.ts';
import { createSignInService } from './accounts/sign-in.ts';
import type { AppServices } from './app.ts';
import { createCatalogService } from './catalog/service.ts';
import { createSessionHooks } from './class-sessions/hooks.ts';
import { createClassSessionService } from './class-sessions/service.ts';
import { watchClassSessions } from './class-sessions/watch.ts';
import type { Config } from './config.ts';
import { createDeviceService } from './devices/service.ts';
import { readSecret } from './embedded/secrets.ts';
import { handleFileJobs } from './files/jobs.ts';
import { findAnyFile } from './files/repository.ts';
import { createFileService } from './files/service.ts';
import { mediaPortError, publicAddress } from './listen.ts';
import { createOutbox } from './outbox/outbox.ts';
import { startRelay } from './outbox/relay.ts';
import type { Parts } from './parts.ts';
import { handlePreviewJobs } from './previews/jobs.ts';
import { openPreviewProcessor } from './previews/open-processor.ts';
import { createRecordings } from './recordings/recordings.ts';
import { createResourceDocuments } from './resources/documents.ts';
import { removeResourceJob } from './resources/jobs.ts';
import { type ResourceSummary, resourceSummarySchema } from './resources/schema.ts';
import { createResourceSearch } from './resources/search.ts';
import { createResourceService } from './resources/service.ts';
import { createSchoolService } from './schools/service.ts';
import { createSetUpService } from './setup/service.ts';
import type { Shutdown } from './shutdown.ts';
import { handleUploadJobs } from './uploads/jobs.ts';
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
}

const hourMs = 60 * 60 * 1000;

/** Wires the features to each other, and starts what works in the background. */
export async function startServices({ config, dataDir, parts, log, shutdown }: ServicesOptions): Promise<Services> {
  const { database, storage, jobs, meilisearch } = parts;
  const { db } = database;
  const [cookieSecret, joinSecret] = await Promise.all([
    readSecret(dataDir, 'cookies'),
    readSecret(dataDir, 'join-token'),
  ]);
  const tokenSecret = new TextEncoder().encode(joinSecret);

  const authentication = createAuthentication({ db, secret: cookieSecret });
  const attempts = createAttempts(db, {
    limit: config.SIGN_IN_ATTEMPTS,
    windowMs: config.SIGN_IN_LOCK_MINUTES * 60_000,
  });
  const accounts = createAccountService({ db, onDisabled: (accountId) => classroom.putOut(accountId) });
  const catalog = createCatalogService({ db });
  const { placesOf } = catalog;
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
    workRoot: join(dataDir, 'tmp'),
    finishVideo: finishRecording,
    waitingChunks: (recordingId) => classroom.waitingChunks(recordingId),
    ffmpeg: config.FFMPEG_PATH,
    ffprobe: config.FFPROBE_PATH,
  });
  const [classroom, previews] = await Promise.all([
    createMediaNode({
      tokenSecret,
      sink: recordings.sink,
      hooks: createSessionHooks({ db, recordings: recordings.service, log }),
      dataFolder: join(dataDir, 'classroom'),
      log,
      workers: config.MEDIA_WORKERS,
      basePort: config.MEDIA_PORT,
      iceServers: config.ICE_SERVERS,
      ...(config.MEDIASOUP_WORKER_BIN !== undefined && { workerBin: config.MEDIASOUP_WORKER_BIN }),
      ...(config.ANNOUNCED_ADDRESS !== undefined && { announcedAddress: config.ANNOUNCED_ADDRESS }),
    }).catch((error: unknown) => {
      throw mediaPortError(error, config.MEDIA_PORT);
    }),
    openPreviewProcessor({
      db,
      storage,
      log,
      directory: join(dataDir, 'tmp', 'previews'),
      programs: {
        soffice: config.SOFFICE_PATH,
        pdfinfo: config.PDFINFO_PATH,
        pdftoppm: config.PDFTOPPM_PATH,
        pdftotext: config.PDFTOTEXT_PATH,
        ffprobe: config.FFPROBE_PATH,
        ffmpeg: config.FFMPEG_PATH,
        heifConvert: config.HEIF_CONVERT_PATH,
      },
      async onFileChanged(tx, fileId) {
        const file = await findAnyFile(tx, fileId);
        if (file?.resource_id) await outbox.markChanged(tx, 'resource', file.resource_id);
      },
    }),
  ]);
  shutdown.add('classroom', () => classroom.close());

  const files = createFileService({
    db,
    storage,
    jobs,
    mayReadResource: (actor, id) => resources.isVisible(actor, id),
    mayReadAsSlides: (actor, id) => classSessions.mayReadAsSlides(actor, id),
    countDownload: async (_actor, { resourceId }) => {
      if (resourceId !== null) await resources.countDownload(resourceId);
    },
  });
  const resources = createResourceService({
    db,
    outbox,
    jobs,
    placesOf,
    search: createResourceSearch({ db, pool: database.pool, index, placesOf, log, slugNames: () => catalog.names() }),
    filesOf: (resourceId) => files.ofResource(resourceId),
    recordingOf: (resourceId) => recordings.service.recordingOf(resourceId),
  });
  const classSessions = createClassSessionService({
    db,
    placesOf,
    classroom,
    recordings: recordings.service,
    classroomUrl: '/classroom',
    readableFile: (actor, id) => files.readable(actor, id),
    signJoinToken: (claims) => signJoinToken(claims, tokenSecret),
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
    freeBytes: () => storage.freeBytes(),
    maxBytes: config.UPLOAD_MAX_BYTES,
    expiryMs: config.UPLOAD_EXPIRY_HOURS * hourMs,
    path: '/api/uploads',
  });
  shutdown.add('uploads', () => uploads.close());
  handleFileJobs(jobs, { db, storage, files });
  handleUploadJobs(jobs, uploads);
  handlePreviewJobs(jobs, previews, config.JOB_CONCURRENCY);
  jobs.handle(removeResourceJob, ({ resourceId }) => resources.remove(resourceId));
  jobs.handle(cleanSignInsJob, createSignInCleaning({ db, attempts }));
  jobs.schedule(cleanSignInsJob, cleanSignInsCron, {});
  await jobs.start();
  shutdown.add('jobs', () => jobs.stop(1_500));
  const relay = startRelay({
    db,
    pool: database.pool,
    index,
    source: createResourceDocuments({ db, placesOf }),
    log,
  });
  shutdown.add('outbox', () => relay.stop());
  const recovered = await recordings.service.recover();
  if (recovered > 0) log.warn({ recordings: recovered }, 'recordings of an earlier run are finished now');
  const watch = watchClassSessions({ db, classroom, recordings: recordings.service, log });
  shutdown.add('class sessions', () => watch.close());

  return {
    authentication,
    cookieSecret,
    classroom,
    index,
    services: {
      accounts,
      signIn: await createSignInService({ db, authentication, attempts }),
      schools: createSchoolService({ db }),
      devices: createDeviceService({
        db,
        attempts,
        publicAddress: publicAddress(config),
        onRevoked: (deviceId) => classroom.putOut(deviceId),
      }),
      setUp: createSetUpService({ db, accounts, attempts }),
      catalog,
      files,
      resources,
      uploads,
      classSessions,
    },
  };
}
