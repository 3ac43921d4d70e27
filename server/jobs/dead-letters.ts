import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { DeadJob } from './definition.ts';

/** The queue that the others leave their hopeless jobs to. */
export const DEAD_QUEUE = 'dead';
/** More than anybody reads. */
const LISTED = 1000;

/** What the queue has given up, until somebody tries it again. */
export interface DeadLetters {
  /** The newest first; 1000 at most. */
  list(): Promise<DeadJob[]>;
  /** Gives a dead job another full round of tries. @returns false when there is no such job. */
  retry(id: string): Promise<boolean>;
}

const failureOutput = z.object({ name: z.string(), message: z.string() }).partial();

export function createDeadLetters(boss: PgBoss): DeadLetters {
  return {
    async list() {
      const jobs = await boss.findJobs<object>(DEAD_QUEUE, { limit: LISTED, queued: true });
      return jobs.reverse().map((job) => {
        const { name, message } = failureOutput.safeParse(job.sourceOutput).data ?? {};
        return {
          id: job.id,
          name: job.sourceName ?? 'unknown',
          payload: job.data,
          tries: (job.sourceRetryCount ?? 0) + 1,
          failedAt: job.createdOn,
          failure: [name, message].filter(Boolean).join(': ') || null,
        };
      });
    },

    async retry(id) {
      if (!z.uuid().safeParse(id).success) return false;
      const [letter] = await boss.findJobs(DEAD_QUEUE, { id });
      if (letter === undefined) return false;
      // Of unique jobs an equal one may wait already: then it is that one that is tried.
      if ((await boss.redrive(DEAD_QUEUE, { ids: [id] })) === 0) await boss.deleteJob(DEAD_QUEUE, id);
      return true;
    },
  };
}

/** What is tried anew is given up no more: its letters go, and there is one again at most when that fails, too. */
export async function dropLetters(boss: PgBoss, name: string, about: object): Promise<void> {
  const letters = await boss.findJobs<object>(DEAD_QUEUE, { data: about, limit: LISTED, queued: true });
  const ids = letters.filter(({ sourceName }) => sourceName === name).map(({ id }) => id);
  if (ids.length > 0) await boss.deleteJob(DEAD_QUEUE, ids);
}
