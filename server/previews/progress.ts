import type { Database } from '../database/database.ts';
import type { FileProgress } from '../files/schema.ts';
import { changeFile } from './repository.ts';

/** Tells how far the processing of a file is. */
export type TellProgress = (step: FileProgress['step'], done?: number, total?: number) => Promise<void>;

/** People look at it; a document of many small pages must not write a row for each. */
const AT_MOST_EVERY_MS = 1000;

/** Keeps the progress in the file's row: a new step at once, what is done of a step now and then. */
export function createProgress(db: Database, fileId: string): TellProgress {
  let step: FileProgress['step'] | null = null;
  let writtenAt = 0;
  return async (next, done, total) => {
    const now = performance.now();
    if (next === step && now - writtenAt < AT_MOST_EVERY_MS) return;
    [step, writtenAt] = [next, now];
    const progress: FileProgress = { step: next, done: done ?? null, total: total ?? null };
    await changeFile(db, fileId, { progress: JSON.stringify(progress) });
  };
}
