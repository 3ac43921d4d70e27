import { readdir, readFile, stat } from 'node:fs/promises';
import { unlessGone } from './unless-gone.ts';

/**
 * Ends what a converter started and put into a group of its own, where no namespace ends with it: all that its user
 * runs, or, where that is our own user, all that has its folder for a home.
 */
export async function endStragglers(folder: string, uid: number | null): Promise<void> {
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const isIts =
      uid === null
        ? (await unlessGone(readFile(`/proc/${pid}/environ`, 'utf8'), '')).split('\0').includes(`HOME=${folder}`)
        : (await unlessGone(stat(`/proc/${pid}`), null))?.uid === uid;
    if (isIts) await unlessGone((async () => process.kill(pid, 'SIGKILL'))(), false);
  }
}
