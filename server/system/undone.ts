import type { Database, DatabaseTransaction } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import type { DeadJob } from '../jobs/definition.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { recordEvent } from '../trail/trail.ts';
import { forgetRefusal, listUndone } from './repository.ts';
import type { Undone, UndoneKind, UndoneReason } from './schema.ts';

/** The queue as far as an administrator minds it. */
export interface DeadJobs {
  list(): Promise<DeadJob[]>;
  /** @returns whether there was such a job. */
  retry(id: string): Promise<boolean>;
}

export interface UndoneOptions {
  db: Database;
  deadJobs: DeadJobs;
  outbox: Outbox;
  /** Titles of those that the actor may open. */
  titlesOf(actor: AccountActor, resourceIds: readonly string[]): Promise<Map<string, string>>;
}

/** What could not be done. Nothing is kept for it: each thing goes from here by being done, or deleted. */
export interface UndoneList {
  counts(): Promise<Record<UndoneKind, number>>;
  list(actor: AccountActor): Promise<Undone[]>;
  /** Once more from the beginning; should it fail again, it comes back. @throws AppError `not_found` when it is not undone. */
  retry(actor: AccountActor, kind: 'document' | 'job', id: string): Promise<void>;
}

/** What can be said of a failure in words, by the stable words in what was written down of it (`withCauses`). */
const reasonWords: [UndoneReason, RegExp][] = [
  ['scanner', /\bScannerRefusal\b/],
  ['no_space', /\bno_space\b|\bENOSPC\b/],
  ['storage', /\bstorage_unavailable\b/],
  ['program_missing', /\bConverterError missing\b/],
  ['too_much', /\bConverterError (timeout|memory|room)\b/],
];

function reasonOf(kind: UndoneKind, failure: string | null): UndoneReason {
  if (kind === 'document') return 'refused';
  return reasonWords.find(([, words]) => words.test(failure ?? ''))?.[0] ?? 'other';
}

export function createUndoneList({ db, deadJobs, outbox, titlesOf }: UndoneOptions): UndoneList {
  const read = async () => await listUndone(db, await deadJobs.list());

  async function index(tx: DatabaseTransaction, actor: AccountActor, id: string): Promise<void> {
    if (!(await forgetRefusal(tx, id))) throw new AppError('not_found');
    await outbox.markChanged(tx, 'resource', id);
    await recordEvent(tx, 'indexing.retried', { actor, id });
  }

  async function retryJob(tx: DatabaseTransaction, actor: AccountActor, id: string): Promise<void> {
    const dead = (await deadJobs.list()).find((job) => job.id === id);
    if (!dead) throw new AppError('not_found');
    const about = (await listUndone(tx, [dead])).find((row) => row.kind === 'job');
    await recordEvent(tx, 'job.retried', {
      ...{ actor, id, title: about?.name ?? '', schoolId: about?.schoolId ?? null },
      details: { job: dead.name },
    });
    // Last, as the queue has transactions of its own: what it refuses is not written down.
    if (!(await deadJobs.retry(id))) throw new AppError('not_found');
  }

  return {
    async counts() {
      const counts: Record<UndoneKind, number> = { document: 0, upload: 0, job: 0 };
      for (const { kind } of await read()) counts[kind] += 1;
      return counts;
    },

    async list(actor) {
      const rows = await read();
      const titles = await titlesOf(
        actor,
        rows.flatMap(({ resourceId }) => resourceId ?? []),
      );
      return rows.map(({ resourceId, schoolId: _, since, ...row }) => ({
        ...row,
        since: since.toISOString(),
        resourceId: resourceId !== null && titles.has(resourceId) ? resourceId : null,
        reason: reasonOf(row.kind, row.failure),
      }));
    },

    async retry(actor, kind, id) {
      await db.transaction().execute((tx) => (kind === 'job' ? retryJob(tx, actor, id) : index(tx, actor, id)));
    },
  };
}
