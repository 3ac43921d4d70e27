import type { Database } from '../database/database.ts';
import type { JobHandler } from '../jobs/definition.ts';
import type { Storage } from '../storage/storage.ts';
import { deleteChunks, recordingPrefix } from './journal.ts';
import { findRecording } from './repository.ts';

/** The job `recording.clean`: of a finished recording, everything goes that the library does not show. */
export function createCleaning({
  db,
  storage,
}: {
  db: Database;
  storage: Storage;
}): JobHandler<{ recordingId: string }> {
  async function isShown(objectKey: string): Promise<boolean> {
    const file = db.selectFrom('file').select('object_key').where('object_key', '=', objectKey);
    const preview = db.selectFrom('preview').select('object_key').where('object_key', '=', objectKey);
    return (await file.unionAll(preview).executeTakeFirst()) !== undefined;
  }

  return async ({ recordingId }, { signal, log }) => {
    const recording = await findRecording(db, recordingId);
    if (recording?.state !== 'finished') return;
    let deleted = 0;
    for await (const { key } of storage.list(recordingPrefix(recordingId))) {
      signal.throwIfAborted();
      if (await isShown(key)) continue;
      await storage.delete(key);
      deleted += 1;
    }
    await deleteChunks(db, recordingId);
    log.info({ recordingId, deleted }, 'chunks of a finished recording deleted');
  };
}
