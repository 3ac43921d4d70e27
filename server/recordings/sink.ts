import type { Logger } from 'pino';
import { type RecordingSink, SinkRefusal } from '../../media/index.ts';
import type { Database } from '../database/database.ts';
import { hasUnstorableCharacter, violatedReference } from '../database/violation.ts';
import { AppError } from '../errors.ts';
import type { Storage } from '../storage/storage.ts';
import { chunkKey, insertChunk, insertEvent, insertTrack } from './journal.ts';
import { changeState, countRecorder, findRecordingOfSession } from './repository.ts';

export interface RecordingSinkOptions {
  db: Database;
  storage: Storage;
  /** Sends the finishing job as part of the transaction. */
  sendFinish(trx: Database, recordingId: string): Promise<void>;
  log: Logger;
}

/**
 * Epochs of one recorder and the next are this far apart: a recorder counts on by itself when its worker dies, perhaps
 * while nothing of it arrives here.
 */
const epochsOfRecorder = 1000;

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Nothing that follows is to wait for what can never be written. */
async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (hasUnstorableCharacter(cause)) throw new SinkRefusal('It holds what no row can.', { cause });
    if (violatedReference(cause)) throw new SinkRefusal('The journal knows nothing of what it belongs to.', { cause });
    throw cause;
  }
}

/** Takes what the recorder writes: bytes to Storage, everything else to the journal in the database. */
export function createRecordingSink({ db, storage, sendFinish, log }: RecordingSinkOptions): RecordingSink {
  return {
    async open({ classSessionId, at }) {
      const recording = await findRecordingOfSession(db, classSessionId);
      if (!recording) throw new AppError('not_found');
      return await db.transaction().execute(async (trx) => {
        const recorders = await countRecorder(trx, recording.id);
        // Only a recorder that is gone leaves `recording` behind.
        if (recording.state === 'recording') {
          await changeState(trx, recording.id, { state: 'interrupted', reason: 'recorder_gone', at: new Date(at) });
        }
        return { recordingId: recording.id, epoch: recorders * epochsOfRecorder };
      });
    },

    async trackOpened(track) {
      await refusing(insertTrack(db, track));
    },

    async chunkWritten(chunk, bytes) {
      const key = chunkKey(chunk);
      try {
        // The object first: a journal row promises that its bytes are there. False: an earlier try came as far as this.
        await storage.put(key, bodyOf(bytes), { bytes: chunk.bytes, sha256: chunk.sha256 });
      } catch (cause) {
        if (!(cause instanceof AppError && cause.code === 'bad_request')) throw cause;
        // The recorder's disk has not kept them as they were: they are missed as lost ones are.
        await refusing(insertChunk(db, chunk));
        throw new SinkRefusal(`The bytes of ${key} are others than it says.`, { cause });
      }
      const written = await refusing(insertChunk(db, chunk));
      if (written !== chunk.sha256) throw new SinkRefusal(`Another chunk has the number of ${key}.`);
    },

    async chunkLost(chunk) {
      await refusing(insertChunk(db, chunk));
    },

    async stateChanged({ recordingId, state, reason, at }) {
      await db.transaction().execute(async (trx) => {
        const changed = await changeState(trx, recordingId, { state, reason, at: new Date(at) });
        if (!changed) log.debug({ recordingId, state }, 'a state of the recording came twice or too late');
        if (state !== 'finishing') return;
        const session = await trx
          .selectFrom('recording')
          .innerJoin('class_session', 'class_session.id', 'recording.class_session_id')
          .select('class_session.state')
          .where('recording.id', '=', recordingId)
          .executeTakeFirst();
        // While it is live, whoever ends it sends the job: see finishLater.
        if (changed && session?.state === 'ended') await sendFinish(trx, recordingId);
      });
    },

    async eventHappened(event) {
      await refusing(insertEvent(db, event));
    },
  };
}
