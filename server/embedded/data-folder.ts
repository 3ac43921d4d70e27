import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

export interface DataFolder {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** Lets another process have the folder. Idempotent. */
  release(): void;
}

/**
 * Makes the data folder if need be, and takes it for this process alone.
 * The lock is the kernel's (flock) and ends with the process, however that ends.
 * @throws StartError when another process has the folder, or when it cannot be written.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  // A plain descriptor: a FileHandle that nobody keeps would be closed by the garbage collector, and the lock with it.
  const lock = await openLock(folder);
  const path = await realpath(folder);
  try {
    if (!(await flock(lock))) throw alreadyTaken(path);
    ftruncateSync(lock);
    writeSync(lock, `${process.pid}\n`, 0);
  } catch (error) {
    closeSync(lock);
    throw error;
  }
  let released = false;
  return {
    path,
    release() {
      if (!released) closeSync(lock);
      released = true;
    },
  };
}

async function openLock(folder: string): Promise<number> {
  try {
    // Others may pass through to what is theirs, as converters and the database do, but not look around.
    await mkdir(folder, { recursive: true, mode: 0o711 });
    return openSync(join(folder, 'lock'), 'a+', 0o600);
  } catch (cause) {
    throw new StartError(
      `The data folder ${folder} cannot be written.`,
      'Give it to the user who starts the server, or set DATA_DIR to another folder.',
      { cause },
    );
  }
}

/**
 * Node has no flock of its own. A lock belongs to the open file, which a child shares: it stays when the child ends, and
 * goes when this process does.
 */
async function flock(descriptor: number): Promise<boolean> {
  const child = spawn('flock', ['--nonblock', '--exclusive', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  });
  try {
    const [code] = await once(child, 'close');
    return code === 0;
  } catch (cause) {
    throw new StartError('The program flock is missing.', 'Install it: it is part of util-linux.', { cause });
  }
}

function alreadyTaken(path: string): StartError {
  const pid = readFileSync(join(path, 'lock'), 'utf8').trim();
  return new StartError(
    `Another process${pid === '' ? '' : ` (pid ${pid})`} is using the data folder ${path}.`,
    'Stop it first, or set DATA_DIR, PORT, TLS_PORT and MEDIA_PORT to others.',
  );
}
