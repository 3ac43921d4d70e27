import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { defineJob, type JobHandler } from '../jobs/definition.ts';
import { deleteExpired } from './repository.ts';

/** Removes events that have been kept long enough. */
export const expireAuditEventsJob = defineJob({ name: 'audit.expire', payload: z.object({}), unique: true });

/** Once a night. */
export const expireAuditEventsCron = '10 18 * * *';

const DAY_MS = 24 * 60 * 60 * 1000;
const AT_ONCE = 10_000;

export function createExpiry({ db, keptDays }: { db: Database; keptDays: number }): JobHandler<object> {
  return async (_, { signal, log }) => {
    const before = new Date(Date.now() - keptDays * DAY_MS);
    let events = 0;
    for (let removed = AT_ONCE; removed === AT_ONCE; events += removed) {
      signal.throwIfAborted();
      removed = await deleteExpired(db, before, AT_ONCE);
    }
    if (events > 0) log.info({ events }, 'expired audit events removed');
  };
}
