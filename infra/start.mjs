/**
 * `npm start`: brings what is missing on this machine, then becomes the server. `npm run demo` (--demo) is the same
 * on a data folder of its own, which is filled once.
 * Runs on the machine's own Node, however old: it may not import any package.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundledServer, ensureServer, ensureWeb } from './install/build.mjs';
import { ensureDependencies } from './install/dependencies.mjs';
import { nodeBinary } from './install/node-binary.mjs';
import { become, startChild } from './install/process.mjs';
import { root } from './install/root.mjs';
import { ensureRuntimePrograms } from './install/system.mjs';
import { ensureWorker } from './install/worker.mjs';

const { values } = parseArgs({ options: { demo: { type: 'boolean' } } });
const say = (line) => console.log(line);

process.chdir(root);
if (existsSync('.env')) process.loadEnvFile('.env');

await ensureDependencies(say);
await ensureRuntimePrograms(say);
const worker = await ensureWorker(say);
await ensureServer(say);
await ensureWeb(say);

const env = {
  // Compiled code is kept: the second start spends a third less time on it.
  NODE_COMPILE_CACHE: join(root, '.cache/node'),
  ...process.env,
  MEDIASOUP_WORKER_BIN: worker,
};
const server = [nodeBinary(), bundledServer];

if (values.demo) {
  const { fillWhenReady } = await import('./demo.mjs');
  env.DATA_DIR ??= join(root, 'demo-data');
  const child = startChild(server, env);
  await fillWhenReady(child, env.DATA_DIR);
} else {
  become(server, env);
}
