import { Readable } from 'node:stream';
import { S3 } from '@aws-sdk/client-s3';
import { type MetadataValue, S3Store } from '@tus/s3-store';
import { type KvStore, MemoryKvStore } from '@tus/utils';
import type { S3Storage } from '../storage/s3.ts';
import { assertWhole, objectKeyOf, received } from './arrived.ts';
import type { UploadStore, UploadStoreOptions } from './store.ts';

const MiB = 1024 * 1024;
const PARTS_AT_ONCE = 4;

/** Uploads under way as multipart uploads of the objects that they become. */
export function createS3UploadStore(storage: S3Storage, { expiryMs }: UploadStoreOptions): UploadStore {
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
