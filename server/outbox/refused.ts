import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Refusal } from '../../search/index.ts';
import type { Database } from '../database/database.ts';

/**
 * Writes down which resources the index refuses, of those that it was given; the others it has taken, or has no more.
 * What was refused before and is again keeps its time.
 */
export async function keepRefused(db: Database, given: readonly string[] | 'all', refused: readonly Refusal[]) {
  const ids = refused.map(({ id }) => id);
  await db
    .deleteFrom('index_refusal')
    .where('resource_id', '!=', sql<string>`all(${ids}::uuid[])`)
    .$if(given !== 'all', (query) => query.where('resource_id', '=', sql<string>`any(${given}::uuid[])`))
    .execute();
  if (ids.length === 0) return;
  // A resource that is being removed for good meanwhile is refused no more.
  await sql`
    insert into index_refusal (resource_id, reason)
    select resource.id, given.reason
    from unnest(${ids}::uuid[], ${refused.map(({ reason }) => reason)}::text[]) as given (id, reason)
      join resource on resource.id = given.id
    for key share of resource
    on conflict (resource_id) do update set reason = excluded.reason`.execute(db);
}

export function logRefused(log: Logger, refused: readonly Refusal[]): void {
  for (const { id, reason } of refused) {
    log.error({ resourceId: id, reason }, 'a resource is not found by search: the index refuses it');
  }
}
