import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { root } from '../../infra/install/root.mjs';
import { workerPath } from '../../infra/install/worker.mjs';
import { launchMeilisearch } from '../../server/embedded/meilisearch.ts';
import { launchPostgres } from '../../server/embedded/postgres.ts';
import { makeRunFolder, removeRunFolder, sweepDeadRuns } from './folder.ts';
import './provided.ts';
import { quiet } from './quiet.ts';

/** One real PostgreSQL and one real Meilisearch for the whole run, by the launchers that the product itself uses. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepDeadRuns();
  const dataDir = await makeRunFolder();
  try {
    const workerBin = process.env.MEDIASOUP_WORKER_BIN ?? workerPath();
    if (!existsSync(workerBin)) throw new Error('The media worker is missing: run `npm test` once, which gets it.');
    const [postgres, meilisearch] = await Promise.all([
      launchPostgres({ dataDir, log: quiet }),
      launchMeilisearch({ dataDir, log: quiet, programs: join(root, '.cache/programs') }),
    ]);
    project.provide('databaseUrl', postgres.url);
    project.provide('meilisearch', { url: meilisearch.url, key: meilisearch.key });
    project.provide('workerBin', workerBin);
    return async () => {
      await Promise.all([postgres.stop(), meilisearch.stop()]);
      await removeRunFolder(dataDir);
    };
  } catch (error) {
    await removeRunFolder(dataDir);
    throw error;
  }
}
