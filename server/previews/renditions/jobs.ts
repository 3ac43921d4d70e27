import type { Database } from '../../database/database.ts';
import { backfillMediaJob, renderMediaJob } from '../../files/renditions/schema.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import { RENDER_VERSION, type Renderer } from './renderer.ts';
import { beginWork, findLacking } from './repository.ts';

/** Between two of the old files, so that a new one never waits for more than one. */
const NEXT_AFTER_SECONDS = 20;
const KEY = 'all';

/** Before the queue is started. One at a time: this work is long, and lessons go on meanwhile. */
export function handleRenditionJobs(
  jobs: Jobs,
  db: Database,
  renderer: Renderer,
  nextAfterSeconds = NEXT_AFTER_SECONDS,
): void {
  jobs.handle(renderMediaJob, ({ fileId }, context) => renderer.render(fileId, context), 1);
  jobs.handle(backfillMediaJob, async (_, { log }) => {
    const { sent, more } = await sendLacking(jobs, db);
    if (sent) log.info({ fileId: sent }, 'what a file lacks is made up for');
    if (more) await jobs.send(db, backfillMediaJob, {}, { key: KEY, delaySeconds: nextAfterSeconds });
  });
}

/** In the transaction that makes a video or sound ready. */
export async function sendRender(jobs: Pick<Jobs, 'send'>, tx: Database, fileId: string): Promise<void> {
  // Whoever opens it at once is told that something is coming.
  await beginWork(tx, fileId);
  await jobs.send(tx, renderMediaJob, { fileId }, { key: fileId });
}

/** At a start: what files lack that were uploaded to an older server, or whose work was broken off, is made up for. */
export async function startBackfill(jobs: Pick<Jobs, 'send'>, db: Database): Promise<void> {
  await jobs.send(db, backfillMediaJob, {}, { key: KEY });
}

/** One step of it: a file is sent unless others wait. */
async function sendLacking(jobs: Jobs, db: Database): Promise<{ sent: string | null; more: boolean }> {
  const lacking = await findLacking(db, RENDER_VERSION, new Date());
  if (!lacking) return { sent: null, more: false };
  const { waiting = 0, running = 0 } = (await jobs.sizes()).find(({ name }) => name === renderMediaJob.name) ?? {};
  if (waiting + running > 0) return { sent: null, more: true };
  await jobs.send(db, renderMediaJob, { fileId: lacking.id }, { key: lacking.id });
  return { sent: lacking.id, more: true };
}
