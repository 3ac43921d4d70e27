import { chown, lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StartError } from './start-error.ts';

/** A user of this machine. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * Who runs a program that refuses to be run by root: the owner of its data from earlier starts, else nobody.
 * @returns undefined when the server is not root: then its own user runs everything
 */
export async function unprivilegedAccount(dataDir: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = await stat(dataDir);
  if (uid !== 0) return { uid, gid };
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [name, , user, group] = line.split(':');
    if (name === 'nobody') return { uid: Number(user), gid: Number(group) };
  }
  throw new StartError(
    'PostgreSQL refuses to run as root, and this machine has no user «nobody».',
    'Start the server as an ordinary user, or set DATABASE_URL.',
  );
}

/** Makes a folder that the account alone may enter. */
export async function privateFolder(path: string, account: Account | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  const owners = [process.getuid?.(), account?.uid];
  if (!found.isDirectory() || !owners.includes(found.uid) || (found.mode & 0o077) !== 0) {
    throw new StartError(`${path} is not a folder of this server alone.`, 'See whose it is, and remove it.');
  }
  if (account !== undefined && found.uid !== account.uid) await chown(path, account.uid, account.gid);
}

/** Whether the account may pass through every folder above `path`. */
export async function reaches(account: Account, path: string): Promise<boolean> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const { uid, gid, mode } = await stat(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
