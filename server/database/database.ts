import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.ts';

/** The database or a transaction on it; repositories take it first. */
export type Database = Kysely<Tables>;
export type DatabaseTransaction = Transaction<Tables>;

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/name`, or a socket folder as `host` parameter. */
  url: string;
  /** Largest number of connections. */
  poolSize: number;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  onIdleError: (error: Error) => void;
}

export interface OpenDatabase {
  db: Database;
  /** The same connections, for libraries that speak to `pg` themselves. */
  pool: pg.Pool;
  close(): Promise<void>;
}

// 64-bit counts (bytes, outbox numbers) stay well below 2^53, so they are read as numbers.
const INT8 = 20;
// A day has no time of day and no zone, which a Date would give it.
const DATE = 1082;

/** Opens a pool. Connections are made when first needed. */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(DATE, String);
  const pool = new pg.Pool({ connectionString: options.url, max: options.poolSize, types });
  pool.on('error', options.onIdleError);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  let closed: Promise<void> | undefined;
  return {
    db,
    pool,
    close() {
      closed ??= db.destroy();
      return closed;
    },
  };
}

/** One round trip, for readiness. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.executeQuery(CompiledQuery.raw('select 1'));
}
