/** A process that can be killed: locks the data folder in argv, launches both services, and tells their addresses. */
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../infra/install/root.mjs';
import { openDataFolder } from '../../server/embedded/data-folder.ts';
import { launchMeilisearch } from '../../server/embedded/meilisearch.ts';
import { launchPostgres } from '../../server/embedded/postgres.ts';
import { silent } from './quiet.ts';

const { path: dataDir } = await openDataFolder(process.argv[2] ?? '');
const [postgres, meilisearch] = await Promise.all([
  launchPostgres({ dataDir, log: silent }),
  launchMeilisearch({ dataDir, log: silent, programs: join(root, '.cache/programs') }),
]);
process.stdout.write(`${JSON.stringify({ postgres: postgres.url, meilisearch })}\n`);
// Nothing else keeps this process: the services' pipes may close before it is told to end.
const keepAlive = setInterval(() => undefined, 60_000);
await once(process, 'SIGTERM');
clearInterval(keepAlive);
await Promise.all([postgres.stop(), meilisearch.stop()]);
