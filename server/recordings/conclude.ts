import type { Database } from '../database/database.ts';
import type { JobHandler } from '../jobs/definition.ts';
import { changeState, findRecording } from './repository.ts';

export interface ConcludingOptions {
  db: Database;
  /** How many of its chunks the media node still keeps to itself. */
  waitingChunks(recordingId: string): number;
  sendFinish(trx: Database, recordingId: string): Promise<void>;
  /** Sends the job once more, in a while. */
  lookAgain(recordingId: string): Promise<void>;
}

/** The job `recording.conclude`. */
export function createConcluding(options: ConcludingOptions): JobHandler<{ recordingId: string }> {
  const { db, waitingChunks, sendFinish, lookAgain } = options;
  return async ({ recordingId }, { log }) => {
    const recording = await findRecording(db, recordingId);
    if (!recording || ['finishing', 'finished', 'failed'].includes(recording.state)) return;
    // Chunks that a crash or an absent store has left on the node's disk are on their way.
    if (waitingChunks(recordingId) > 0) return await lookAgain(recordingId);
    await db.transaction().execute(async (trx) => {
      const change = { state: 'finishing', reason: 'recorder_gone', at: new Date() } as const;
      if (await changeState(trx, recordingId, change)) await sendFinish(trx, recordingId);
    });
    log.info({ recordingId }, 'a recording is finished without a word of its recorder');
  };
}
