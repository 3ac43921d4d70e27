import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Database } from '../database/database.ts';
import type { Actor } from '../http/route.ts';
import { publishedAndVisible } from './policy.ts';

export interface Counts {
  downloads: number;
  views: number;
}

/** Of these resources, those that the actor may find by search, with their newest counts. */
export type VisibleCounts = (actor: Actor, ids: readonly string[]) => Promise<ReadonlyMap<string, Counts>>;

/**
 * Asked once a search, so it is planned once a connection: planning takes PostgreSQL longer than answering.
 * An actor's kind decides the statement's text, and the text its name.
 */
export function createVisibleCounts({ db, pool }: { db: Database; pool: Pool }): VisibleCounts {
  return async (actor, ids) => {
    const { sql: text, parameters } = db
      .selectFrom('resource')
      .select(['resource.id', 'resource.downloads', 'resource.views'])
      .where('resource.id', '=', sql<string>`any(${ids}::uuid[])`)
      .where(publishedAndVisible(actor))
      .compile();
    const name = `visible-counts ${createHash('sha1').update(text).digest('base64')}`;
    const { rows } = await pool.query<Counts & { id: string }>({ name, text, values: [...parameters] });
    return new Map(rows.map(({ id, ...counts }) => [id, counts]));
  };
}
