import { sql } from 'kysely';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { OutboxEntity } from './outbox.ts';

// Advisory locks are known by a number: the hash of a name that nothing else in the product has.
const RELAY = sql`hashtextextended('outbox.relay', 0)`;
const REBUILD = sql`hashtextextended('search.rebuild', 0)`;

export interface OutboxRow {
  id: number;
  entity: OutboxEntity;
  entityId: string;
}

/** True for one transaction at a time: two relays could carry an older state after a newer one. */
export async function becomeRelay(tx: DatabaseTransaction): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${RELAY}) as held`.execute(tx);
  return rows[0]?.held ?? false;
}

/** True unless the index is being rebuilt; then no rebuild starts before this transaction ends. */
export async function holdOffRebuild(tx: DatabaseTransaction): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock_shared(${REBUILD}) as held`.execute(
    tx,
  );
  return rows[0]?.held ?? false;
}

/** False while another rebuild runs. Ends with `endRebuild`, or when the connection does. */
export async function beginRebuild(connection: Database): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_lock(${REBUILD}) as held`.execute(connection);
  return rows[0]?.held ?? false;
}

export async function endRebuild(connection: Database): Promise<void> {
  await sql`select pg_advisory_unlock(${REBUILD})`.execute(connection);
}

/**
 * The oldest changes to carry. While the index is being rebuilt, those that were carried already stay for later;
 * when no rebuild runs they wait again, be it that it ended or that it broke off.
 */
export function listWaiting(tx: DatabaseTransaction, rebuilding: boolean, limit: number): Promise<OutboxRow[]> {
  return tx
    .selectFrom('outbox')
    .select(['id', 'entity', 'entity_id as entityId'])
    .$if(rebuilding, (query) => query.where('relayed_at', 'is', null))
    .orderBy('id')
    .limit(limit)
    .execute();
}

export async function removeRows(tx: DatabaseTransaction, ids: readonly number[]): Promise<void> {
  await tx.deleteFrom('outbox').where('id', 'in', ids).execute();
}

/** They are carried once more when the rebuild has ended. */
export async function keepRows(tx: DatabaseTransaction, ids: readonly number[]): Promise<void> {
  await tx.updateTable('outbox').set({ relayed_at: sql<Date>`now()` }).where('id', 'in', ids).execute();
}
