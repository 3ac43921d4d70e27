import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openUsers } from './users.ts';

/** Gives out private folders, one a job. */
export interface Workspace {
  /**
   * An empty folder that belongs to a user of its own, where we are root; removed by `close`.
   * @param work shows in its name, if it is done in one place at a time: what a try that was killed has left goes
   */
  open(work?: string): Promise<{ path: string; close(): Promise<void> }>;
}

const PREFIX = 'tongke-work-';
/** Longer than any job runs. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/** Whether others may pass through all folders above. */
async function isReachable(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** /tmp may lie in memory. */
const roomy = () => (process.env.TMPDIR === undefined && existsSync('/var/tmp') ? '/var/tmp' : tmpdir());

async function removeAll(parent: string, start: string, olderThanMs = 0): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(start)) continue;
    const path = join(parent, name);
    const isOld = olderThanMs === 0 || Date.now() - (await stat(path)).mtimeMs > olderThanMs;
    if (isOld) await rm(path, { recursive: true, force: true });
  }
}

/**
 * Folders below `directory`; if that lies where the unprivileged users of the converters cannot go (below the home of
 * root, say), in the system's folder for temporary files that are large. What killed processes left is removed.
 */
export async function openWorkspace(directory: string): Promise<Workspace> {
  const wanted = resolve(directory);
  await mkdir(wanted, { recursive: true, mode: 0o711 });
  const users = await openUsers();
  // Without links on the way: a converter sees another root, where they would lead elsewhere.
  const parent = await realpath(users === null || (await isReachable(wanted)) ? wanted : roomy());

  await removeAll(parent, PREFIX, STALE_AFTER_MS);

  return {
    async open(work) {
      const start = `${PREFIX}${work ?? 'preview'}-`;
      if (work !== undefined) await removeAll(parent, start);
      const path = await mkdtemp(join(parent, start));
      const user = users?.take();
      if (user) await chown(path, user.uid, user.gid);
      return {
        path,
        async close() {
          await rm(path, { recursive: true, force: true, maxRetries: 3 });
          if (user) users?.giveBack(user);
        },
      };
    },
  };
}
