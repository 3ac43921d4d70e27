import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';
import * as foundation from './migrations/0001-foundation.ts';
import * as library from './migrations/0002-library.ts';
import * as uploads from './migrations/0003-uploads.ts';

/** In the order in which they are applied. A migration that has been released is never changed. */
const migrations: Record<string, Migration> = {
  '0001-foundation': foundation,
  '0002-library': library,
  '0003-uploads': uploads,
};

/**
 * Brings the schema up to date; two processes that start at once wait for each other.
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(db: Database): Promise<string[]> {
  const { rows } = await sql<{ number: number }>`select current_setting('server_version_num')::int as number`.execute(
    db,
  );
  const version = rows[0]?.number ?? 0;
  if (version < 150_000)
    throw new Error(`PostgreSQL 15 or newer is needed; this one is ${Math.floor(version / 10_000)}.`);

  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw error;
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}
