import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, copyFile, link, mkdir, open, readdir, rename, rm, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../errors.ts';
import { checkedBody } from './checked-body.ts';
import { assertKey, assertPrefix, type ObjectStat, type Storage } from './storage.ts';

export interface DiskStorageOptions {
  /** Folder that holds the objects; made when missing. Files that are adopted must lie on the same disk. */
  directory: string;
}

export interface DiskStorage extends Storage {
  kind: 'disk';
  /**
   * Makes a finished file an object by moving it, durably.
   * @returns false when the key already holds an object; the file is then left where it is.
   */
  adopt(key: string, path: string): Promise<boolean>;
}

/** Large reads keep the number of trips to the thread pool low. */
const READ_CHUNK = 1024 * 1024;
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function failure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  if (code === 'ENOENT') return new AppError('not_found', { cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('no_space', { cause: error });
  return new AppError('storage_unavailable', { cause: error });
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Objects as files under one folder. A new object is written beside, fsynced and then linked into its place, which
 * fails when the place is taken; the folder is fsynced last.
 */
export async function createDiskStorage(options: DiskStorageOptions): Promise<DiskStorage> {
  const root = resolve(options.directory);
  const incoming = join(root, '.incoming');
  // Others may pass through these folders but not look into them: a converter is handed single files only.
  await mkdir(root, { recursive: true, mode: 0o711 });
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await dropStale(incoming);

  const pathOf = (key: string) => {
    assertKey(key);
    return join(root, ...key.split('/'));
  };

  /** Folders that had to be made are only durable once their parents are. */
  async function makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o711 });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) await sync(dirname(made));
  }

  /** `link` instead of `rename`: it refuses to replace what is there. */
  async function place(key: string, file: string): Promise<boolean> {
    const target = pathOf(key);
    await makeFolder(dirname(target));
    try {
      await link(file, target);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
    await unlink(file);
    await sync(dirname(target));
    return true;
  }

  async function exists(path: string): Promise<boolean> {
    try {
      await access(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  return {
    kind: 'disk',

    async put(key, body, putOptions) {
      const target = pathOf(key);
      const file = join(incoming, randomUUID());
      try {
        if (await exists(target)) return false;
        await pipeline(
          Readable.from(checkedBody(body, putOptions), { objectMode: false, highWaterMark: READ_CHUNK }),
          createWriteStream(file, { flags: 'wx', mode: 0o644, flush: true }),
          { signal: putOptions.signal },
        );
        return await place(key, file);
      } catch (error) {
        putOptions.signal?.throwIfAborted();
        throw failure(error);
      } finally {
        // Whatever cannot be removed now is dropped at the next start; the outcome above is what counts.
        await rm(file, { force: true }).catch(() => undefined);
      }
    },

    async adopt(key, path) {
      try {
        await sync(path);
        return await place(key, path);
      } catch (error) {
        throw failure(error);
      }
    },

    async get(key, { range, signal } = {}) {
      const handle = await open(pathOf(key), 'r').catch((error: unknown) => {
        throw failure(error);
      });
      return createReadStream('', {
        fd: handle,
        highWaterMark: READ_CHUNK,
        start: range?.start ?? 0,
        end: range?.end,
        signal,
      });
    },

    async saveTo(key, path, signal) {
      const source = pathOf(key);
      signal?.throwIfAborted();
      try {
        await link(source, path);
      } catch (error) {
        // Another disk, or a file system without hard links.
        if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw failure(error);
        await copyFile(source, path).catch((copyError: unknown) => {
          throw failure(copyError);
        });
      }
    },

    async stat(key) {
      try {
        const { size, mtime } = await stat(pathOf(key));
        return { key, bytes: size, modifiedAt: mtime };
      } catch (error) {
        const known = failure(error);
        if (known.code === 'not_found') return null;
        throw known;
      }
    },

    async *list(prefix) {
      assertPrefix(prefix);
      yield* walk(root, join(root, prefix));
    },

    async delete(key) {
      try {
        await unlink(pathOf(key));
      } catch (error) {
        const known = failure(error);
        if (known.code !== 'not_found') throw known;
      }
    },

    presign: async () => null,

    async freeBytes() {
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },

    async ping() {
      const probe = join(incoming, randomUUID());
      try {
        await (await open(probe, 'wx')).close();
        await rename(probe, `${probe}.done`);
      } catch (error) {
        throw failure(error);
      } finally {
        await rm(`${probe}.done`, { force: true });
      }
    },

    close: async () => undefined,
  };
}

async function* walk(root: string, folder: string): AsyncGenerator<ObjectStat> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw failure(error);
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(root, path);
    else if (entry.isFile()) {
      const found = await stat(path).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null;
        throw failure(error);
      });
      if (found) yield { key: relative(root, path).split(sep).join('/'), bytes: found.size, modifiedAt: found.mtime };
    }
  }
}

function readEntries(folder: string) {
  return readdir(folder, { withFileTypes: true });
}

/** What a crash left half-written. Younger files may belong to a process that is still at it. */
async function dropStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > STALE_AFTER_MS) await rm(path, { force: true });
  }
}
