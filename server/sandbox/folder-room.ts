import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** More than any converter leaves; a folder is not looked through for ever. */
const MOST_ENTRIES = 20_000;

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Everything below a folder, links not followed. What is removed meanwhile is left out. */
async function* entriesBelow(folder: string): AsyncGenerator<{ path: string; bytes: number; isPlain: boolean }> {
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    try {
      for (const name of await readdir(at)) {
        const path = join(at, name);
        const found = await lstat(path).catch((error: unknown) => {
          if (isGone(error)) return null;
          throw error;
        });
        if (found === null) continue;
        if (found.isDirectory()) waiting.push(path);
        // A file with holes takes less room than it has bytes.
        yield { path, bytes: found.blocks * 512, isPlain: found.isFile() || found.isDirectory() };
      }
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** Room that a folder takes; infinite when it holds too many entries. */
export async function measureFolder(folder: string): Promise<number> {
  let total = 0;
  let count = 0;
  for await (const { bytes } of entriesBelow(folder)) {
    total += bytes;
    count += 1;
    if (count > MOST_ENTRIES) return Number.POSITIVE_INFINITY;
  }
  return total;
}

/** Removes links, pipes and sockets that a converter left: we read what it made with more rights than it has. */
export async function removeSpecial(folder: string): Promise<void> {
  for await (const { path, isPlain } of entriesBelow(folder)) if (!isPlain) await rm(path, { force: true });
}
