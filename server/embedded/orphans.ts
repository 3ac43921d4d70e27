import { readdir, readlink, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';

export interface OrphanSearch {
  /** The working folder by which a service of this installation is known. */
  folder: string;
  /** The program's file name, such as `postgres`. */
  program: string;
  /** Asks it to end in good order. */
  stopSignal: NodeJS.Signals;
  graceMs: number;
  log: Log;
}

/**
 * Ends the services that a server which was killed (kill -9) left behind. The caller has locked the data folder, so that
 * whatever still runs in it belongs to nobody.
 * @returns how many processes were ended
 */
export async function endOrphans({ folder, program, stopSignal, graceMs, log }: OrphanSearch): Promise<number> {
  const orphans = await processesIn(folder, program);
  if (orphans.length === 0) return 0;
  log.warn({ program, pids: orphans }, 'ending a service that an earlier server left behind');
  for (const pid of orphans) send(pid, stopSignal);
  const deadline = Date.now() + graceMs;
  let left = orphans;
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(20);
    left = await processesIn(folder, program);
  }
  for (const pid of left) send(pid, 'SIGKILL');
  while ((await processesIn(folder, program)).length > 0) await sleep(20);
  return orphans.length;
}

/** Process ids of `program` whose working folder is `folder`. */
export async function processesIn(folder: string, program: string): Promise<number[]> {
  const wanted = await realpath(folder);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await target(join('/proc', pid, 'cwd'));
      if (cwd !== wanted) return false;
      const executable = (await target(join('/proc', pid, 'exe')))?.replace(/ \(deleted\)$/, '');
      return executable !== undefined && basename(executable) === program;
    }),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}

/** Links of processes that have just ended or belong to others cannot be read: those are not ours. */
async function target(link: string): Promise<string | undefined> {
  try {
    return await readlink(link);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
