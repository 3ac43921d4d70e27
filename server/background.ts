import type { Logger } from 'pino';
import type { MediaNode } from '../media/index.ts';
import type { SearchIndex } from '../search/index.ts';
import type { Attempts } from './accounts/attempts.ts';
import { cleanSignInsCron, cleanSignInsJob, createSignInCleaning } from './accounts/jobs.ts';
import { createExpiry, expireAuditEventsCron, expireAuditEventsJob } from './audit/jobs.ts';
import type { CatalogService } from './catalog/service.ts';
import { watchClassSessions } from './class-sessions/watch.ts';
import type { Config } from './config.ts';
import { handleFileJobs } from './files/jobs.ts';
import type { FileService } from './files/service.ts';
import type { NoticeService } from './notices/service.ts';
import { startRelay } from './outbox/relay.ts';
import type { Parts } from './parts.ts';
import { handlePreviewJobs, resumeScans, startCatchingUp } from './previews/jobs.ts';
import type { PreviewProcessor } from './previews/processor.ts';
import { handleRenditionJobs, startBackfill } from './previews/renditions/jobs.ts';
import type { Renderer } from './previews/renditions/renderer.ts';
import type { RecordingService } from './recordings/service.ts';
import { createResourceDocuments } from './resources/documents.ts';
import { removeResourceJob } from './resources/jobs.ts';
import type { ResourceSummary } from './resources/schema.ts';
import type { ResourceService } from './resources/service.ts';
import { createRecordingExpiry, expireRecordingsCron, expireRecordingsJob } from './retention/jobs.ts';
import type { Shutdown } from './shutdown.ts';
import type { SynonymService } from './synonyms/service.ts';
import { createVocabulary } from './synonyms/vocabulary.ts';
import { handleUploadJobs } from './uploads/jobs.ts';
import type { Uploads } from './uploads/service.ts';

export interface BackgroundOptions {
  config: Config;
  parts: Parts;
  log: Logger;
  shutdown: Shutdown;
  attempts: Attempts;
  catalog: CatalogService;
  synonyms: SynonymService;
  index: SearchIndex<ResourceSummary>;
  files: FileService;
  uploads: Uploads;
  previews: PreviewProcessor;
  renderer: Renderer;
  resources: ResourceService;
  classroom: MediaNode;
  recordings: RecordingService;
  notices: NoticeService;
}

/** Starts what nobody waits for: jobs, the relay to the search index, recordings of an earlier run, lessons left open. */
export async function startBackground(options: BackgroundOptions): Promise<void> {
  const { config, parts, log, shutdown, files, uploads, previews, renderer, resources, classroom, recordings } =
    options;
  const { attempts, catalog, synonyms, index, notices } = options;
  const { database, storage, jobs } = parts;
  const { db } = database;
  handleFileJobs(jobs, { db, storage, files });
  handleUploadJobs(jobs, uploads);
  handlePreviewJobs(jobs, { db, previews, concurrency: config.JOB_CONCURRENCY });
  handleRenditionJobs(jobs, db, renderer);
  jobs.handle(removeResourceJob, ({ resourceId }) => resources.remove(resourceId));
  jobs.handle(cleanSignInsJob, createSignInCleaning({ db, attempts }));
  jobs.schedule(cleanSignInsJob, cleanSignInsCron, {});
  jobs.handle(expireAuditEventsJob, createExpiry({ db, keptDays: config.AUDIT_KEPT_DAYS }));
  jobs.schedule(expireAuditEventsJob, expireAuditEventsCron, {});
  const expiry = createRecordingExpiry({ db, tell: notices.tellOfExpiry, expire: resources.expire });
  jobs.handle(expireRecordingsJob, expiry);
  jobs.schedule(expireRecordingsJob, expireRecordingsCron, {});
  await jobs.start();
  shutdown.add('jobs', () => jobs.stop(1_500));
  await resumeScans(jobs, db);
  await startCatchingUp(jobs, db);
  await startBackfill(jobs, db);
  const relay = startRelay({
    db,
    pool: database.pool,
    index,
    source: createResourceDocuments({
      db,
      placesOf: catalog.placesOf,
      vocabulary: createVocabulary({ catalog, synonyms }),
    }),
    log,
  });
  shutdown.add('outbox', () => relay.stop());
  const recovered = await recordings.recover();
  if (recovered > 0) log.warn({ recordings: recovered }, 'recordings of an earlier run are finished now');
  const watch = watchClassSessions({ db, classroom, recordings, log });
  shutdown.add('class sessions', () => watch.close());
}
