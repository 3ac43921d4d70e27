import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { defineJob, type JobHandler } from '../jobs/definition.ts';
import type { Attempts } from './attempts.ts';
import { deleteExpiredSignIns } from './repository.ts';

/** Removes sign-ins and counters of attempts whose time is over; both are refused already, this only keeps tables small. */
export const cleanSignInsJob = defineJob({ name: 'sign-ins.clean', payload: z.object({}), unique: true });

/** Once a night. */
export const cleanSignInsCron = '40 18 * * *';

export function createSignInCleaning({ db, attempts }: { db: Database; attempts: Attempts }): JobHandler<object> {
  return async () => {
    await deleteExpiredSignIns(db);
    await attempts.clean();
  };
}
