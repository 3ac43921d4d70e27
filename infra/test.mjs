/**
 * `npm test [-- arguments of vitest]`: brings what the tests need, then runs them. The last line is «N passed, N failed».
 * Runs on the machine's own Node, however old: it may not import any package.
 */
import { join } from 'node:path';
import { ensureServer, ensureWeb } from './install/build.mjs';
import { ensureDependencies } from './install/dependencies.mjs';
import { alone } from './install/lock.mjs';
import { nodeBinary } from './install/node-binary.mjs';
import { become } from './install/process.mjs';
import { root } from './install/root.mjs';
import { ensureTestPrograms } from './install/system.mjs';
import { ensureWorker } from './install/worker.mjs';

const say = (line) => console.log(line);

process.chdir(root);
let worker = '';
await alone(say, async () => {
  await ensureDependencies(say);
  await ensureTestPrograms(say);
  worker = await ensureWorker(say);
  await ensureServer(say);
  await ensureWeb(say);
});

const vitest = join(root, 'node_modules/vitest/vitest.mjs');
become([nodeBinary(), vitest, 'run', ...process.argv.slice(2)], { ...process.env, MEDIASOUP_WORKER_BIN: worker });
