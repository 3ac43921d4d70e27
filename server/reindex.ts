import type { Logger } from 'pino';
import { createMeilisearchIndex } from '../search/index.ts';
import { createCatalogService } from './catalog/service.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type Connections, readConnections } from './connections.ts';
import { openDatabase } from './database/database.ts';
import { openDataFolder } from './embedded/data-folder.ts';
import { launchMeilisearch } from './embedded/meilisearch.ts';
import { launchPostgres } from './embedded/postgres.ts';
import { StartError } from './embedded/start-error.ts';
import { createLog } from './log.ts';
import { rebuildIndex } from './outbox/rebuild.ts';
import { createResourceDocuments } from './resources/documents.ts';
import { resourceSummarySchema } from './resources/schema.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';
import { createSynonymService } from './synonyms/service.ts';
import { createVocabulary } from './synonyms/vocabulary.ts';

/** Launches what the configuration does not name, on a data folder that no server has. */
async function launch(config: Config, dataDir: string, log: Logger, shutdown: Shutdown): Promise<Connections> {
  const embedded = { dataDir, log, signal: shutdown.signal };
  let { DATABASE_URL: databaseUrl } = config;
  if (databaseUrl === undefined) {
    const postgres = await launchPostgres(embedded);
    shutdown.add('PostgreSQL', postgres.stop);
    databaseUrl = postgres.url;
  }
  if (config.MEILI_URL && config.MEILI_KEY) {
    return { databaseUrl, meilisearch: { url: config.MEILI_URL, key: config.MEILI_KEY } };
  }
  const { url, key, stop } = await launchMeilisearch(embedded);
  shutdown.add('Meilisearch', stop);
  return { databaseUrl, meilisearch: { url, key } };
}

/** Those of the configuration, of the server that is running, or of services launched for this alone. */
async function connect(config: Config, log: Logger, shutdown: Shutdown): Promise<Connections> {
  const { DATABASE_URL: databaseUrl, MEILI_URL: url, MEILI_KEY: key, DATA_DIR } = config;
  if (databaseUrl && url && key) return { databaseUrl, meilisearch: { url, key } };
  try {
    const folder = await openDataFolder(DATA_DIR);
    shutdown.add('data folder', () => folder.release());
    return await launch(config, folder.path, log, shutdown);
  } catch (error) {
    const running = error instanceof StartError ? await readConnections(DATA_DIR) : null;
    if (running === null) throw error;
    return running;
  }
}

/** Builds the search index anew, beside a running server or without one. @returns the exit code. */
async function reindex(config: Config, log: Logger, shutdown: Shutdown): Promise<number> {
  const { databaseUrl, meilisearch } = await connect(config, log, shutdown);
  const database = openDatabase({
    url: databaseUrl,
    poolSize: 4,
    onIdleError: (error) => log.warn({ err: error }, 'a database connection broke'),
  });
  shutdown.add('database', () => database.close());
  const { db } = database;
  const catalog = createCatalogService({ db });
  const { placesOf } = catalog;
  const vocabulary = createVocabulary({ catalog, synonyms: createSynonymService({ db }) });
  const index = createMeilisearchIndex({
    ...meilisearch,
    indexName: config.MEILI_INDEX,
    shown: resourceSummarySchema,
  });
  const started = performance.now();
  const source = createResourceDocuments({ db, placesOf, vocabulary });
  const built = await rebuildIndex({ db, index, source, signal: shutdown.signal });
  if (built === null) {
    process.stderr.write('The search index is being rebuilt already.\n');
    return 1;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`The search index holds ${built.count} resources; building it took ${seconds} s.\n`);
  const { refused } = built;
  if (refused.length > 0) {
    const list = refused.map(({ id, reason }) => `  ${id}: ${reason}\n`).join('');
    process.stdout.write(`It refuses ${refused.length}, which search does not find (see the system page):\n${list}`);
  }
  return 0;
}

async function main(): Promise<void> {
  const log = createLog('warn');
  const shutdown = createShutdown({ log, partMs: 10_000, wholeMs: 30_000 });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutdown.run());
  try {
    process.exitCode = await reindex(readConfig(process.env), log, shutdown);
  } catch (error) {
    const known = error instanceof StartError || error instanceof ConfigError;
    if (known) process.stderr.write(`${error.message}\n`);
    else log.error({ err: error }, 'the search index was not rebuilt');
    process.exitCode = 1;
  }
  await shutdown.run();
}

await main();
