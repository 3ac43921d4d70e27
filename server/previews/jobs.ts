import type { Database } from '../database/database.ts';
import { catchUpJob, processFileJob, resumeScansJob } from '../files/schema.ts';
import { PermanentJobError } from '../jobs/definition.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { PreviewProcessor } from './processor.ts';
import { findBehind, listUnjudged } from './repository.ts';
import { ScannerRefusal, VerdictPending } from './virus-scan/scanner.ts';

/** A scanner may be away for a night: its files do not use up their tries, they come again and again, at longer pauses. */
const SCAN_AGAIN_SECONDS = { first: 2, most: 5 * 60 };
/** More than an hour of answers that the scanner cannot say: then an administrator has to look. */
export const MOST_REFUSALS = 20;

/** Between two of the old files, so that a new file never waits for more than one. */
const NEXT_AFTER_SECONDS = 20;

export interface PreviewJobsOptions {
  db: Database;
  previews: PreviewProcessor;
  /** Files looked into at a time. */
  concurrency: number;
  nextAfterSeconds?: number;
}

/** Before the queue is started: files are looked into. */
export function handlePreviewJobs(jobs: Jobs, { db, previews, concurrency, ...options }: PreviewJobsOptions): void {
  const { nextAfterSeconds = NEXT_AFTER_SECONDS } = options;
  const { first, most } = SCAN_AGAIN_SECONDS;
  jobs.handle(
    processFileJob,
    async ({ fileId, waits = 0, refusals = 0 }, context) => {
      const lastRefusal = refusals + 1 >= MOST_REFUSALS;
      try {
        await previews.process(fileId, { ...context, lastRefusal });
      } catch (error) {
        if (error instanceof ScannerRefusal) throw new PermanentJobError(error.message, { cause: error });
        if (!(error instanceof VerdictPending)) throw error;
        context.log.warn({ err: error, fileId }, 'a file waits for the virus scanner');
        const delaySeconds = Math.min(first * 2 ** Math.min(waits, 20), most);
        const again = {
          fileId,
          waits: waits + 1,
          refusals: refusals + (error.cause instanceof ScannerRefusal ? 1 : 0),
        };
        await jobs.send(db, processFileJob, again, { delaySeconds });
      }
    },
    concurrency,
  );
  jobs.handle(resumeScansJob, async (_, { signal, log }) => {
    let files = 0;
    for (const fileId of await listUnjudged(db)) {
      signal.throwIfAborted();
      if ((await jobs.underWay(processFileJob, { fileId })).length > 0) continue;
      await jobs.send(db, processFileJob, { fileId });
      files++;
    }
    if (files > 0) log.info({ files }, 'files that wait for the virus scanner are looked at again');
  });
  jobs.handle(catchUpJob, async (_, { log }) => {
    const fileId = await findBehind(db);
    if (fileId === undefined) return;
    const { waiting = 0, running = 0 } = (await jobs.sizes()).find(({ name }) => name === processFileJob.name) ?? {};
    if (waiting + running === 0) {
      await jobs.send(db, processFileJob, { fileId });
      log.info({ fileId }, 'a file of before gets the preview that its kind has now');
    }
    await jobs.send(db, catchUpJob, {}, { key: 'all', delaySeconds: nextAfterSeconds });
  });
}

/** At a start: files that were uploaded to an older server, which had no preview for them. */
export async function startCatchingUp(jobs: Pick<Jobs, 'send'>, db: Database): Promise<void> {
  await jobs.send(db, catchUpJob, {}, { key: 'all' });
}

/** At a start: files whose scan was given up, or that wait for a scanner that is no longer configured, are looked at. */
export async function resumeScans(jobs: Pick<Jobs, 'send'>, db: Database): Promise<void> {
  await jobs.send(db, resumeScansJob, {}, { key: 'all' });
}
