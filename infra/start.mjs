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
import { alone, refuseWhenServed } from './install/lock.mjs';
import { nodeBinary } from './install/node-binary.mjs';
import { become, startChild } from './install/process.mjs';
import { root } from './install/root.mjs';
import { ensureRuntimePrograms } from './install/system.mjs';
import { ensureWorker } from './install/worker.mjs';

const { values } = parseArgs({ options: { demo: { type: 'boolean' } } });
const say = (line) => console.log(line);

process.chdir(root);
if (values.demo) {
  // Whatever this machine serves in earnest, the demonstration is none of it.
  for (const name of Object.keys(process.env)) if (/^(DATABASE_URL|S3_|MEILI_)/.test(name)) delete process.env[name];
  process.env.DATA_DIR ??= join(root, 'demo-data');
} else if (existsSync('.env')) {
  process.loadEnvFile('.env');
}

let worker = '';
try {
  await refuseWhenServed(process.env.DATA_DIR || join(root, 'data'));
  await alone(say, async () => {
    await ensureDependencies(say);
    await ensureRuntimePrograms(say);
    worker = await ensureWorker(say);
    await ensureServer(say);
    await ensureWeb(say);
  });
} catch (error) {
  console.error(`\n${error.message}\n`);
  process.exit(1);
}

const env = {
  // Compiled code is kept: the second start spends a third less time on it.
  NODE_COMPILE_CACHE: join(root, '.cache/node'),
  ...process.env,
  MEDIASOUP_WORKER_BIN: worker,
};
const server = [nodeBinary(), bundledServer];

if (values.demo) {
  const { fillWhenReady } = await import('./demo.mjs');
  const child = startChild(server, env);
  await fillWhenReady(child, env.DATA_DIR);
} else {
  become(server, env);
}
