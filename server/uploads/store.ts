import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { S3 } from '@aws-sdk/client-s3';
import { FileStore } from '@tus/file-store';
import { type MetadataValue, S3Store } from '@tus/s3-store';
import { type DataStore, type KvStore, MemoryKvStore } from '@tus/utils';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { DiskStorage } from '../storage/disk.ts';
import type { S3Storage } from '../storage/s3.ts';

/** Where the bytes of an upload lie until it is whole, on the same disk or in the same bucket as the objects. */
export interface UploadStore {
  tus: DataStore;
  /** What the tus library calls an upload. */
  nameOf(id: string): string;
  /** Key of the object that an upload becomes. */
  objectKeyOf(id: string): string;
  /** Bytes that have arrived; null when the store knows no such upload. */
  received(id: string): Promise<number | null>;
  /** Makes the whole upload an object. Doing it again is no error. */
  take(id: string, bytes: number): Promise<void>;
  /** Removes whatever the store still keeps of an upload, but not its object. */
  forget(id: string): Promise<void>;
  /** Ids of what was begun before `before`, whoever still knows of it. */
  olderThan(before: Date): AsyncIterable<string>;
}

export interface UploadStoreOptions {
  /** Folder for uploads under way; on the disk of the objects. Not used with S3. */
  directory: string;
  expiryMs: number;
}

const MiB = 1024 * 1024;
const PARTS_AT_ONCE = 4;

const tusError = z.object({ status_code: z.number() });
/** The library throws plain objects: 404 never known, 410 gone. */
function isUnknown(error: unknown): boolean {
  const { status_code } = tusError.safeParse(error).data ?? {};
  return status_code === 404 || status_code === 410;
}

const objectKeyOf = (id: string) => `files/${id}`;

async function received(tus: DataStore, name: string): Promise<number | null> {
  try {
    return (await tus.getUpload(name)).offset;
  } catch (error) {
    if (isUnknown(error)) return null;
    throw error;
  }
}

export function createUploadStore(storage: DiskStorage | S3Storage, options: UploadStoreOptions): UploadStore {
  return storage.kind === 'disk' ? onDisk(storage, options) : onS3(storage, options);
}

async function assertWhole(storage: DiskStorage | S3Storage, id: string, bytes: number): Promise<void> {
  const object = await storage.stat(objectKeyOf(id));
  if (object?.bytes === bytes) return;
  throw new AppError('internal', {
    cause: new Error(`The upload ${id} has ${bytes} bytes, its object ${object?.bytes ?? 'none'}.`),
  });
}

function onDisk(storage: DiskStorage, { directory, expiryMs }: UploadStoreOptions): UploadStore {
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

function onS3(storage: S3Storage, { expiryMs }: UploadStoreOptions): UploadStore {
  const prefix = objectKeyOf('');
  const cache: KvStore<MetadataValue> = new MemoryKvStore();
  const tus = new S3Store({
    cache,
    s3ClientConfig: { ...storage.clientConfig, bucket: storage.bucket },
    partSize: 8 * MiB,
    maxConcurrentPartUploads: PARTS_AT_ONCE,
    useTags: false,
    expirationPeriodInMilliseconds: expiryMs,
  });
  const client = new S3(storage.clientConfig);
  const Bucket = storage.bucket;
  const abort = (Key: string | undefined, UploadId: string | undefined) =>
    client.abortMultipartUpload({ Bucket, Key, UploadId });

  async function* transfers(below: string) {
    let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await client.listMultipartUploads({ Bucket, Prefix: below, ...marker });
      yield* page.Uploads ?? [];
      if (!page.IsTruncated) return;
      marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
  }

  return {
    tus,
    nameOf: objectKeyOf,
    objectKeyOf,
    received: (id) => received(tus, objectKeyOf(id)),

    async take(id, bytes) {
      // All parts are there, but the process was killed, or the line broke, before they were joined.
      if ((await storage.stat(objectKeyOf(id))) === null) await tus.write(Readable.from([]), objectKeyOf(id), bytes);
      await assertWhole(storage, id, bytes);
    },

    async forget(id) {
      const name = objectKeyOf(id);
      for await (const { Key, UploadId } of transfers(name)) if (Key === name) await abort(Key, UploadId);
      await storage.delete(`${name}.part`);
      await storage.delete(`${name}.info`);
      await cache.delete(name);
    },

    async *olderThan(before) {
      for await (const { Key, Initiated } of transfers(prefix)) {
        if (Key && Initiated && Initiated < before) yield Key.slice(prefix.length);
      }
    },
  };
}
