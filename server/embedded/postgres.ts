import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { privateFolder, unprivilegedAccount } from './account.ts';
import type { Log } from './log.ts';
import { endOrphans } from './orphans.ts';
import { initialisePostgres } from './postgres-cluster.ts';
import { findPostgres, type PostgresPrograms } from './postgres-programs.ts';
import { readSecret } from './secrets.ts';
import { startService } from './service.ts';
import { StartError } from './start-error.ts';

export interface LaunchOptions {
  /** A data folder that this process has locked (see data-folder.ts). */
  dataDir: string;
  log: Log;
  signal?: AbortSignal;
}

export interface EmbeddedPostgres {
  /** Connection string of the database `tongke`, over a Unix socket. */
  url: string;
  /** Processes that a killed server had left behind, and that were ended first. */
  orphansEnded: number;
  /** Disconnects whoever is left and ends the database in good order. Idempotent. */
  stop(): Promise<void>;
}

const user = 'tongke';
/** Recovery after a crash replays at most max_wal_size of log; a slow disk takes its time for that. */
const readyMs = 120_000;

/**
 * Runs the PostgreSQL that npm installed on DATA_DIR/postgres.
 *
 * PostgreSQL refuses to run as root, so root runs it as another account. That account need not be able to reach the data
 * folder: it starts inside it, and the path /proc/self/cwd leads there without passing the folders above.
 * The socket lies under /tmp, because the path of a Unix socket may not be longer than 107 bytes (unix(7)).
 * @throws StartError with a remedy when it cannot run.
 */
export async function launchPostgres({ dataDir, log, signal }: LaunchOptions): Promise<EmbeddedPostgres> {
  const home = join(dataDir, 'postgres');
  const data = join(home, 'data');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const account = await unprivilegedAccount(home);
  await privateFolder(home, account);
  const programs = await findPostgres(account);
  const password = await readSecret(dataDir, 'postgres');
  const sockets = socketFolder(dataDir);
  await privateFolder(sockets, account);

  if (!(await exists(data))) {
    const draft = join(home, 'data.draft');
    await rm(draft, { recursive: true, force: true });
    await privateFolder(draft, account);
    await initialisePostgres({ programs, folder: draft, scratch: sockets, account, user, password, signal });
    await rename(draft, data);
  }
  await checkFormat(data, programs);
  const orphansEnded = await endOrphans({
    folder: data,
    program: 'postgres',
    stopSignal: 'SIGINT',
    graceMs: 10_000,
    log,
  });

  // Nobody is left in this folder. What names a process by its number would keep PostgreSQL from starting when, after a
  // power cut, that number is another program's.
  await rm(join(data, 'postmaster.pid'), { force: true });
  for (const name of await readdir(sockets)) await rm(join(sockets, name), { force: true });

  const service = await startService(
    {
      name: 'PostgreSQL',
      command: programs.postgres,
      args: ['-D', '/proc/self/cwd', ...settings({ unix_socket_directories: sockets })],
      cwd: data,
      env: {},
      account,
      probe: () => probe(connection(sockets, password, 'postgres'), dataDir),
      readyMs,
      // Smart shutdown waits for clients, fast (SIGINT) disconnects them and writes a checkpoint.
      stopSignal: 'SIGINT',
      stopMs: 3_500,
      log,
    },
    signal,
  );
  const stop = async () => {
    await service.stop();
    await rm(sockets, { recursive: true, force: true });
  };
  try {
    await ensureDatabase(connection(sockets, password, 'postgres'), user);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: connection(sockets, password, user), orphansEnded, stop };
}

/** Where the socket of a data folder (its real path) lies; it goes when the database is stopped. */
export function socketFolder(dataDir: string): string {
  return `/tmp/tongke-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
}

function connection(sockets: string, password: string, database: string): string {
  return `postgresql://${user}:${password}@${encodeURIComponent(sockets)}/${database}`;
}

function settings(given: Record<string, string>): string[] {
  const all = {
    ...given,
    listen_addresses: '',
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The log of the server names no person: statements and the values of a violated constraint stay out of it.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    log_line_prefix: '',
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function probe(url: string, dataDir: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
  } catch (cause) {
    if (cause instanceof pg.DatabaseError && cause.code === '28P01') {
      throw new StartError(
        'PostgreSQL does not accept the password of this installation.',
        `Bring back the file ${join(dataDir, 'secrets/postgres')} from a backup; it belongs to the data beside it.`,
        { cause },
      );
    }
    throw cause;
  } finally {
    await client.end();
  }
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function checkFormat(data: string, { version }: PostgresPrograms): Promise<void> {
  const format = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  const [major] = version.split('.');
  if (format === major) return;
  throw new StartError(
    `The data in ${data} was written by PostgreSQL ${format}; this installation brings ${major}.`,
    `Start the earlier version of Tongke, back up with pg_dump, and restore into this one.`,
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
