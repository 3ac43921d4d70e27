import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeBinary } from './install/node-binary.mjs';
import { run } from './install/run.mjs';

/**
 * Fills the demonstration once its server is ready: then the server writes running.json into its data folder.
 * A server that does not come up ends this process with it (see process.mjs).
 *
 * @param {import('node:child_process').ChildProcess} server
 * @param {string} dataDir
 */
export async function fillWhenReady(server, dataDir) {
  const launched = Date.now();
  const mark = join(dataDir, 'running.json');
  while (!existsSync(mark) || statSync(mark).mtimeMs < launched) await sleep(100);
  try {
    await run(nodeBinary(), ['infra/demo/main.ts', '--data-dir', dataDir]);
  } catch (error) {
    console.error(`The demonstration could not be filled: ${error.message}`);
    server.kill('SIGTERM');
  }
}
