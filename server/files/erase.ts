import type { Database } from '../database/database.ts';
import type { Storage } from '../storage/storage.ts';
import { deletePreviews, findAnyFile, listPreviews } from './repository.ts';

/** Where all preview objects of a file lie. */
export const previewPrefix = (fileId: string) => `previews/${fileId}/`;

export interface EraseOptions {
  db: Database;
  storage: Storage;
}

/**
 * Removes the objects of a deleted file. Its row stays, marked, for what still names it (a lesson that was held).
 * Can be repeated at any point.
 */
export async function eraseFile({ db, storage }: EraseOptions, fileId: string, signal: AbortSignal): Promise<void> {
  const file = await findAnyFile(db, fileId);
  if (!file?.deleted_at) return;
  for await (const { key } of storage.list(previewPrefix(fileId))) {
    signal.throwIfAborted();
    await storage.delete(key);
  }
  // Those of a recording lie elsewhere.
  for (const { object_key } of await listPreviews(db, fileId)) await storage.delete(object_key);
  await deletePreviews(db, fileId);
  await storage.delete(file.object_key);
}
