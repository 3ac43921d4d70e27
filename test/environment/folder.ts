import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endOrphans } from '../../server/embedded/orphans.ts';
import { socketFolder } from '../../server/embedded/postgres.ts';
import { quiet } from './quiet.ts';

const run = promisify(execFile);
const prefix = 'tongke-test-';
const parent = '/tmp';

/** A folder for the services of this test run; its name tells whose it is. */
export async function makeRunFolder(): Promise<string> {
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

/** Ends and removes what test runs that were killed have left behind. */
export async function sweepDeadRuns(): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    await removeRunFolder(join(parent, name));
  }
}

export async function removeRunFolder(folder: string): Promise<void> {
  const services = [
    { program: 'postgres', path: 'postgres/data', stopSignal: 'SIGINT' },
    { program: 'meilisearch', path: 'meilisearch', stopSignal: 'SIGTERM' },
  ] as const;
  const entries = await readdir(folder, { recursive: true });
  for (const { program, path, stopSignal } of services) {
    if (!entries.includes(path)) continue;
    await endOrphans({ folder: join(folder, path), program, stopSignal, graceMs: 5_000, log: quiet });
  }
  if (entries.includes('s3')) await run(cephScript, ['wipe'], { env: { ...process.env, FOLDER: join(folder, 's3') } });
  await rm(socketFolder(folder), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

export const cephScript = join(import.meta.dirname, 'ceph-s3.sh');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
