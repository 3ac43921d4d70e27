import type { DataStore } from '@tus/utils';
import type { DiskStorage } from '../storage/disk.ts';
import type { S3Storage } from '../storage/s3.ts';
import { createDiskUploadStore } from './disk-store.ts';

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

/** On the same disk or in the same bucket as the objects. */
export async function createUploadStore(
  storage: DiskStorage | S3Storage,
  options: UploadStoreOptions,
): Promise<UploadStore> {
  if (storage.kind === 'disk') return createDiskUploadStore(storage, options);
  // Whoever keeps objects on disk does not wait for the client of a store.
  const { createS3UploadStore } = await import('./s3-store.ts');
  return createS3UploadStore(storage, options);
}
