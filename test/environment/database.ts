import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../server/database/database.ts';
import { migrate } from '../../server/database/migrate.ts';
import './provided.ts';

export interface TestDatabase extends OpenDatabase {
  url: string;
}

/**
 * A database of its own on the run's real PostgreSQL. `close` drops it.
 *
 * @param options.migrated false leaves it empty
 */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  const database = openDatabase({
    url: url.href,
    poolSize: 5,
    onIdleError: (error) => console.error('an idle connection broke', error),
  });
  if (migrated) await migrate(database.db);
  return {
    ...database,
    url: url.href,
    async close() {
      await database.close();
      await administer(`drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
