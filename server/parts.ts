import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { removeConnections, writeConnections } from './connections.ts';
import { type OpenDatabase, openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { launchMeilisearch } from './embedded/meilisearch.ts';
import { launchPostgres } from './embedded/postgres.ts';
import { StartError } from './embedded/start-error.ts';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import type { Shutdown } from './shutdown.ts';
import { createDiskStorage, type DiskStorage } from './storage/disk.ts';
import type { S3Storage } from './storage/s3.ts';
import { type Fault, faultOf } from './system/faults.ts';

export interface PartsOptions {
  config: Config;
  dataDir: string;
  log: Logger;
  shutdown: Shutdown;
}

/** The services underneath: ours, launched here, or those that the configuration names. */
export interface Parts {
  database: OpenDatabase;
  /** For what keeps connections of its own. */
  databaseUrl: string;
  storage: DiskStorage | S3Storage;
  jobs: Jobs;
  meilisearch: { url: string; key: string };
  /** For the console: what each of them is. */
  described: [name: string, what: string][];
  /** What did not come up. */
  faults: Fault[];
}

async function databaseUrl({ config, dataDir, log, shutdown }: PartsOptions): Promise<string> {
  if (config.DATABASE_URL) return config.DATABASE_URL;
  const postgres = await launchPostgres({ dataDir, log, signal: shutdown.signal });
  shutdown.add('PostgreSQL', postgres.stop);
  return postgres.url;
}

/** The discard port of this machine: nobody answers there, so search goes through the database. */
const nowhere = { url: 'http://127.0.0.1:9', key: '' };

/** A school can work without the index, so a Meilisearch that does not come up does not keep the server down. */
async function openMeilisearch(options: PartsOptions): Promise<Parts['meilisearch'] & { missing?: Fault }> {
  const { config, dataDir, log, shutdown } = options;
  if (config.MEILI_URL && config.MEILI_KEY) return { url: config.MEILI_URL, key: config.MEILI_KEY };
  try {
    const meilisearch = await launchMeilisearch({ dataDir, log, signal: shutdown.signal });
    shutdown.add('Meilisearch', meilisearch.stop);
    return meilisearch;
  } catch (error) {
    shutdown.signal.throwIfAborted();
    log.error({ err: error }, 'search goes through the database');
    const detail = error instanceof StartError ? error.problem : String(error);
    return { ...nowhere, missing: faultOf('search_not_started', { part: 'search', subject: 'Meilisearch', detail }) };
  }
}

/** The object store alone: a bucket where one is configured, else a folder. */
export async function openStorage(config: Config, dataDir: string): Promise<DiskStorage | S3Storage> {
  if (config.S3_ENDPOINT && config.S3_ACCESS_KEY_ID && config.S3_SECRET_ACCESS_KEY) {
    // Whoever keeps objects on disk does not wait for the client of a store.
    const { createS3Storage } = await import('./storage/s3.ts');
    return createS3Storage({
      endpoint: config.S3_ENDPOINT,
      publicEndpoint: config.S3_PUBLIC_ENDPOINT,
      region: config.S3_REGION,
      bucket: config.S3_BUCKET,
      accessKeyId: config.S3_ACCESS_KEY_ID,
      secretAccessKey: config.S3_SECRET_ACCESS_KEY,
      forcePathStyle: config.S3_FORCE_PATH_STYLE,
    });
  }
  return createDiskStorage({ directory: join(dataDir, 'objects') });
}

/** Uses what older ones do not have. */
const leastPostgres = 15;

async function requireVersion({ pool }: OpenDatabase): Promise<void> {
  const { rows } = await pool.query<{ version: string }>("select current_setting('server_version') as version");
  const version = rows[0]?.version ?? '';
  if (Number.parseInt(version, 10) >= leastPostgres) return;
  throw new StartError(
    `The database of DATABASE_URL is PostgreSQL ${version}.`,
    `Give one of version ${leastPostgres} or newer.`,
  );
}

/** Opens everything underneath and brings the schema up to date. What was opened is closed by the shutdown. */
export async function openParts(options: PartsOptions): Promise<Parts> {
  const { config, dataDir, log, shutdown } = options;
  const [url, meilisearch, storage] = await Promise.all([
    databaseUrl(options),
    openMeilisearch(options),
    openStorage(config, dataDir),
  ]);
  shutdown.add('storage', () => storage.close());
  const database = openDatabase({
    url,
    poolSize: config.DATABASE_POOL,
    onIdleError: (error) => log.warn({ err: error }, 'a database connection broke'),
  });
  shutdown.add('database', () => database.close());
  await writeConnections(dataDir, { databaseUrl: url, meilisearch: { url: meilisearch.url, key: meilisearch.key } });
  shutdown.add('connections', () => removeConnections(dataDir));
  await requireVersion(database);
  const applied = await migrate(database.db);
  if (applied.length > 0) log.info({ migrations: applied }, 'database schema brought up to date');
  return {
    database,
    databaseUrl: url,
    storage,
    meilisearch: { url: meilisearch.url, key: meilisearch.key },
    faults: meilisearch.missing === undefined ? [] : [meilisearch.missing],
    jobs: createJobs({ databaseUrl: url, log }),
    described: [
      ['Database', config.DATABASE_URL ? 'PostgreSQL given by DATABASE_URL' : 'embedded PostgreSQL'],
      ['Objects', config.S3_ENDPOINT ? `bucket ${config.S3_BUCKET} at ${config.S3_ENDPOINT}` : 'in the data folder'],
      [
        'Search',
        meilisearch.missing !== undefined
          ? 'the database'
          : config.MEILI_URL
            ? `Meilisearch at ${config.MEILI_URL}`
            : 'embedded Meilisearch',
      ],
    ],
  };
}
