import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root } from './root.mjs';

/**
 * Does `work` while no other start installs or builds in this folder; a second one waits. The lock is the kernel's (flock)
 * and ends with the process, however that ends.
 *
 * @param {(line: string) => void} say
 * @param {() => Promise<void>} work
 */
export async function alone(say, work) {
  const file = join(root, '.cache/install.lock');
  mkdirSync(dirname(file), { recursive: true });
  const lock = openSync(file, 'a');
  try {
    if ((await flock(lock, ['--nonblock'])) === false) {
      say('Another start is installing or building in this folder; waiting for it …');
      await flock(lock, []);
    }
    await work();
  } finally {
    closeSync(lock);
  }
}

/**
 * Throws when a server has the data folder: it would lose the programs and pages that it runs on to what is installed and
 * built now. The server itself takes the folder by the same lock.
 *
 * @param {string} dataDir
 */
export async function refuseWhenServed(dataDir) {
  const file = join(resolve(dataDir), 'lock');
  if (!existsSync(file)) return;
  const lock = openSync(file, 'r');
  try {
    if ((await flock(lock, ['--nonblock', '--shared'])) === false) {
      throw new Error(
        `A server is running on the data folder ${resolve(dataDir)}.\nStop it first, or set DATA_DIR, PORT, TLS_PORT and MEDIA_PORT to others.`,
      );
    }
  } finally {
    closeSync(lock);
  }
}

/** @returns whether the lock is held now; true where there is no flock, as nothing can be told there */
async function flock(descriptor, options) {
  const child = spawn('flock', [...options, '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  const [code] = await Promise.race([once(child, 'close'), once(child, 'error').then(() => [0])]);
  return code === 0;
}
