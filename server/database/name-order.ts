import { type OrderByItemBuilder, type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

/** For `orderBy`: names as readers look for them, by pinyin and with 2 before 10. */
export const byName = (item: OrderByItemBuilder) => item.collate('name_order');

/** A name where it is compared in the order of `byName`, as for the next page of a list. */
export function inNameOrder(column: string): RawBuilder<string> {
  return sql<string>`${sql.ref(column)} collate name_order`;
}

/**
 * Tells PostgreSQL that the order may have changed with its ICU, else it warns of it again and again. No index keeps the
 * order, so that nothing else has to be done.
 */
export async function acceptNameOrder(db: Database): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Two processes that start at once would hinder each other.
    await sql`select pg_advisory_xact_lock(hashtextextended('name_order', 0))`.execute(tx);
    const { rows } = await sql`
      select from pg_collation where oid = 'name_order'::regcollation
        and collversion is distinct from pg_collation_actual_version(oid)`.execute(tx);
    if (rows.length > 0) await sql`alter collation name_order refresh version`.execute(tx);
  });
}
