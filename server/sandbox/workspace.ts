import { chown, mkdir, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openUsers } from './users.ts';

/** Gives out private folders, one a job. */
export interface Workspace {
  /** An empty folder that belongs to a user of its own, where we are root; removed by `close`. */
  open(): Promise<{ path: string; close(): Promise<void> }>;
}

const PREFIX = 'tongke-preview-';
/** Longer than any job runs. */
const STALE_AFTER_MS = 2 * 60 * 60 * 1000;

/** Whether others may pass through all folders above. */
async function isReachable(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * Folders below `directory`; if that lies where the unprivileged users of the converters cannot go (below the home of
 * root, say), in the system's folder for temporary files. What killed processes left is removed.
 */
export async function openWorkspace(directory: string): Promise<Workspace> {
  const wanted = resolve(directory);
  await mkdir(wanted, { recursive: true, mode: 0o711 });
  const users = await openUsers();
  // Without links on the way: a converter sees another root, where they would lead elsewhere.
  const parent = await realpath(users === null || (await isReachable(wanted)) ? wanted : tmpdir());

  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const { mtimeMs } = await stat(join(parent, name));
    if (Date.now() - mtimeMs > STALE_AFTER_MS) await rm(join(parent, name), { recursive: true, force: true });
  }

  return {
    async open() {
      const path = await mkdtemp(join(parent, PREFIX));
      if (users !== null) {
        const { uid, gid } = users();
        await chown(path, uid, gid);
      }
      return { path, close: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
    },
  };
}
