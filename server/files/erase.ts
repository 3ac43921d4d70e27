import type { Database } from '../database/database.ts';
import type { Storage } from '../storage/storage.ts';
import { renditionPrefix } from './renditions/schema.ts';
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
  for (const prefix of [previewPrefix(fileId), renditionPrefix(fileId)]) {
    for await (const { key } of storage.list(prefix)) {
      signal.throwIfAborted();
      await storage.delete(key);
    }
  }
  // Those of a recording lie elsewhere.
  for (const { object_key } of await listPreviews(db, fileId)) await storage.delete(object_key);
  await deletePreviews(db, fileId);
  for (const table of ['rendition', 'scrub_sprite', 'waveform', 'caption_track', 'playback_position'] as const) {
    await db.deleteFrom(table).where('file_id', '=', fileId).execute();
  }
  await storage.delete(file.object_key);
}
