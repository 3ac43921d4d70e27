import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { deleteGroup, insertGroup, listGroups, updateGroup } from './repository.ts';
import type { SynonymGroup } from './schema.ts';

/**
 * Words that find the same. The database tells the search index of every change (migration 0007), which knows them
 * some seconds later.
 */
export interface SynonymService {
  list(): Promise<SynonymGroup[]>;
  create(actor: AccountActor, words: readonly string[]): Promise<SynonymGroup>;
  /** @throws AppError not_found. */
  update(actor: AccountActor, id: string, words: readonly string[]): Promise<SynonymGroup>;
  /** @throws AppError not_found. */
  delete(actor: AccountActor, id: string): Promise<void>;
}

type Row = Awaited<ReturnType<typeof listGroups>>[number];

function groupOf({ updatedAt, ...group }: Row): SynonymGroup {
  return { ...group, updatedAt: updatedAt.toISOString() };
}

function recordChange(
  trx: Database,
  actor: AccountActor,
  id: string,
  words: readonly string[],
  change: 'created' | 'changed' | 'deleted',
): Promise<void> {
  return recordEvent(trx, 'synonyms.changed', { actor, id, title: words.join(' = '), details: { change } });
}

export function createSynonymService({ db }: { db: Database }): SynonymService {
  return {
    list: async () => (await listGroups(db)).map(groupOf),

    create: (actor, words) =>
      db.transaction().execute(async (trx) => {
        const row = await insertGroup(trx, words);
        await recordChange(trx, actor, row.id, words, 'created');
        return groupOf(row);
      }),

    update: (actor, id, words) =>
      db.transaction().execute(async (trx) => {
        const row = await updateGroup(trx, id, words);
        if (!row) throw new AppError('not_found');
        await recordChange(trx, actor, id, words, 'changed');
        return groupOf(row);
      }),

    delete: (actor, id) =>
      db.transaction().execute(async (trx) => {
        const words = await deleteGroup(trx, id);
        if (words === null) throw new AppError('not_found');
        await recordChange(trx, actor, id, words, 'deleted');
      }),
  };
}
