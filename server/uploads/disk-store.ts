import { mkdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import type { DiskStorage } from '../storage/disk.ts';
import { assertWhole, objectKeyOf, received } from './arrived.ts';
import type { UploadStore, UploadStoreOptions } from './store.ts';

/** Uploads under way as files of one folder, on the disk of the objects. */
export function createDiskUploadStore(storage: DiskStorage, { directory, expiryMs }: UploadStoreOptions): UploadStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const tus = new FileStore({ directory, expirationPeriodInMilliseconds: expiryMs });
  const forget = async (id: string) => {
    await rm(join(directory, id), { force: true });
    await rm(join(directory, `${id}.json`), { force: true });
  };
  return {
    tus,
    nameOf: (id) => id,
    objectKeyOf,
    received: (id) => received(tus, id),

    async take(id, bytes) {
      // An object that is there already was put there by a process that was killed before it could say so.
      if ((await storage.stat(objectKeyOf(id))) === null) await storage.adopt(objectKeyOf(id), join(directory, id));
      await assertWhole(storage, id, bytes);
    },

    forget,

    async *olderThan(before) {
      const ids = new Set((await readdir(directory)).map((name) => name.replace(/\.json$/, '')));
      for (const id of ids) {
        const found = await Promise.allSettled([stat(join(directory, id)), stat(join(directory, `${id}.json`))]);
        const times = found.filter((one) => one.status === 'fulfilled').map((one) => one.value.mtimeMs);
        if (times.length > 0 && Math.max(...times) < before.getTime()) yield id;
      }
    },
  };
}
