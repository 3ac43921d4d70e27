import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './start-error.ts';

/** What is shorter was cut off, or was never one: anybody could sign with it. */
const leastLength = 32;

/**
 * A secret of this installation, made at its first use and kept under DATA_DIR/secrets, readable by the server alone.
 *
 * @param name a file name, such as `join-token`
 * @returns 43 characters of base64url: 256 random bits
 * @throws StartError that names the file when it holds less than a secret
 */
export async function readSecret(dataDir: string, name: string): Promise<string> {
  const folder = join(dataDir, 'secrets');
  const path = join(folder, name);
  const kept = await readKept(path);
  if (kept !== undefined && kept.length < leastLength) {
    throw new StartError(
      `${path} is damaged.`,
      'Put it back from a backup, or remove it: then a new one is made, and whoever is signed in has to sign in again.',
    );
  }
  if (kept !== undefined) return kept;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeOnce(path, randomBytes(32).toString('base64url'));
  return readFile(path, 'utf8');
}

async function readKept(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file appears whole or not at all, and the first writer wins. */
async function writeOnce(path: string, value: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(value);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
}
