import type { Database, DatabaseTransaction } from '../database/database.ts';

/** `vocabulary`: the words that the index knows; the database itself marks these (migration 0007). */
export type OutboxEntity = 'resource' | 'vocabulary';

/** Features write here what the search index has to learn; they are handed it by main.ts. */
export interface Outbox {
  /** Part of the transaction that makes the change: either both are kept or none is. */
  markChanged(tx: DatabaseTransaction, entity: 'resource', ...ids: string[]): Promise<void>;
}

export function createOutbox(): Outbox {
  return {
    async markChanged(tx, entity, ...ids) {
      if (ids.length === 0) return;
      await tx
        .insertInto('outbox')
        .values(ids.map((id) => ({ entity, entity_id: id })))
        .execute();
    },
  };
}

/** How many changes wait to be carried, and since when. */
export async function outboxSize(db: Database): Promise<{ waiting: number; oldest: Date | null }> {
  const row = await db
    .selectFrom('outbox')
    .where('relayed_at', 'is', null)
    .select((eb) => [
      eb.cast<number>(eb.fn.countAll(), 'integer').as('waiting'),
      eb.fn.min<Date | null>('created_at').as('oldest'),
    ])
    .executeTakeFirstOrThrow();
  return row;
}
