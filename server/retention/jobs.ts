import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { defineJob, type JobHandler } from '../jobs/definition.ts';
import type { NoticeService } from '../notices/service.ts';
import type { ResourceService } from '../resources/service.ts';
import { forgetTold, listOver, listSoonOver, lockOver, markTold } from './repository.ts';

/** Tells whose recordings will soon have been kept long enough, and deletes those that have been. */
export const expireRecordingsJob = defineJob({ name: 'recordings.expire', payload: z.object({}), unique: true });

/** Once a night. */
export const expireRecordingsCron = '40 18 * * *';

export interface ExpiryOptions {
  db: Database;
  tell: NoticeService['tellOfExpiry'];
  /** As if a person deleted it. */
  expire: ResourceService['expire'];
  /** Of each, in one night: what a first rule finds is worked off in several. */
  atMost?: number;
}

/** Each recording in a transaction of its own, so that a run that is broken off or comes twice goes on where it was. */
export function createRecordingExpiry({ db, tell, expire, atMost = 500 }: ExpiryOptions): JobHandler<object> {
  async function tellOne(id: string): Promise<boolean> {
    return await db.transaction().execute(async (tx) => {
      const recording = await markTold(tx, id);
      if (recording === undefined) return false;
      await tell(tx, { ...recording, deletedAfter: recording.deletedAfter.toISOString() });
      return true;
    });
  }

  async function deleteOne(id: string): Promise<boolean> {
    return await db.transaction().execute(async (tx) => {
      const recording = await lockOver(tx, id);
      if (recording === undefined) return false;
      await expire(tx, recording.resourceId, { keptDays: recording.keptDays });
      return true;
    });
  }

  return async (_, { signal, log }) => {
    await forgetTold(db);
    const done = { told: 0, deleted: 0 };
    const failed: string[] = [];
    async function each(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
      for (const id of ids) {
        signal.throwIfAborted();
        await work(id).catch((error: unknown) => {
          log.error({ err: error, recordingId: id }, 'a recording is kept longer than its school wants');
          failed.push(id);
        });
      }
    }
    await each(await listSoonOver(db, atMost), async (id) => {
      if (await tellOne(id)) done.told += 1;
    });
    await each(await listOver(db, atMost), async (id) => {
      if (await deleteOne(id)) done.deleted += 1;
    });
    if (done.told + done.deleted > 0) log.info(done, 'recordings were kept as long as their schools want');
    // Those behind it did not wait for it, but the operator is to know.
    if (failed.length > 0) throw new Error(`Not told of or deleted: ${failed.join(', ')}`);
  };
}
