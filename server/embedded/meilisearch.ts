import { once } from 'node:events';
import { mkdir, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { findMeilisearch } from './meilisearch-program.ts';
import { endOrphans } from './orphans.ts';
import type { LaunchOptions } from './postgres.ts';
import { readSecret } from './secrets.ts';
import { startService } from './service.ts';

export interface EmbeddedMeilisearch {
  /** On loopback, at a port of its own choice. */
  url: string;
  /** The master key; it is only in this process and in DATA_DIR/secrets. */
  key: string;
  /** Processes that a killed server had left behind, and that were ended first. */
  orphansEnded: number;
  /** Idempotent. */
  stop(): Promise<void>;
}

export interface MeilisearchOptions extends LaunchOptions {
  /** Where a checked copy of the packaged program is kept; DATA_DIR/programs by default. */
  programs?: string;
}

/**
 * Runs Meilisearch on DATA_DIR/meilisearch.
 * @throws StartError with a remedy when it cannot run.
 */
export async function launchMeilisearch(options: MeilisearchOptions): Promise<EmbeddedMeilisearch> {
  const { dataDir, log, signal, programs = join(dataDir, 'programs') } = options;
  const folder = join(dataDir, 'meilisearch');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const command = await findMeilisearch(programs);
  const key = await readSecret(dataDir, 'meilisearch');
  const orphansEnded = await endOrphans({
    folder,
    // One of the machine's own may be a link to another name.
    program: basename(await realpath(command)),
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
    log,
  });

  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const service = await startService(
    {
      name: 'Meilisearch',
      command,
      // Unbounded, indexing takes 2.5 GB of memory and every core.
      args: [
        ['--db-path', 'data.ms'],
        ['--http-addr', address],
        ['--max-indexing-memory', '512MiB'],
        ['--max-indexing-threads', '1'],
        ['--log-level', 'WARN'],
        ['--no-analytics'],
      ].flat(),
      cwd: folder,
      // In the environment the key stays out of the list of processes.
      env: { MEILI_MASTER_KEY: key, MEILI_ENV: 'production' },
      probe: () => probe(url),
      readyMs: 60_000,
      stopSignal: 'SIGTERM',
      stopMs: 3_500,
      log,
    },
    signal,
  );
  return { url, key, orphansEnded, stop: () => service.stop() };
}

async function probe(url: string): Promise<void> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`Meilisearch answers ${response.status}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}
