import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChunkLostError, EmptyRecordingError, type FinishedRecording, type FinishOptions } from '../../media/index.ts';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import { AppError } from '../errors.ts';
import { renditionPrefix } from '../files/renditions/schema.ts';
import { type JobHandler, PermanentJobError } from '../jobs/definition.ts';
import { type Converter, ConverterError } from '../sandbox/converter.ts';
import type { Workspace } from '../sandbox/workspace.ts';
import type { Storage } from '../storage/storage.ts';
import { chunkKey, readJournal, recordingPrefix } from './journal.ts';
import { posterPrefix, storePoster } from './poster.ts';
import { type KeptObject, type Publication, type PublishedVideo, publish } from './publication.ts';
import { changeState, findRecording, isMusic } from './repository.ts';

export interface FinishingOptions {
  db: Database;
  storage: Storage;
  outbox: Publication;
  /** In the transaction that puts the recording into the library, as that file. */
  onPublished(trx: DatabaseTransaction, fileId: string): Promise<void>;
  /** For work that can be made anew. */
  workspace: Workspace;
  /** The classroom's own way from chunks to a video. */
  finishVideo(options: FinishOptions): Promise<FinishedRecording>;
  /** How many of its chunks the media node still keeps to itself. */
  waitingChunks(recordingId: string): number;
  /** Sends the job once more, in a while. */
  finishLater(recordingId: string): Promise<void>;
  /** Sends the job that deletes the chunks, as part of the transaction. */
  sendClean(trx: Database, recordingId: string): Promise<void>;
  /** Runs ffmpeg on what participants have sent. */
  convert: Converter;
  ffmpeg: string;
}

/** The last words of a recorder come at the same time as this job. */
const onTheirWayMs = 500;
/** So many tries insist on every chunk; what is still missing or damaged then is told as a gap of the recording. */
const patientAttempts = 4;

const GiB = 1024 ** 3;
/** Of a lesson that lasts a whole day, on a machine that is slow. */
const limits = {
  timeoutMs: 5 * 60 * 60 * 1000,
  memoryBytes: 4 * GiB,
  fileBytes: 16 * GiB,
  // Encoder and filters have as many threads as there are processors.
  processes: 1024,
};
/** What takes more than that will take it again. */
const takesTooMuch = (error: unknown): boolean =>
  error instanceof ConverterError && ['memory', 'room', 'timeout'].includes(error.reason);

async function sha256Of(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex');
}

/** The job `recording.finish`. Whatever it had done before it was interrupted it does again, or finds done. */
export function createFinishing(options: FinishingOptions): JobHandler<{ recordingId: string }> {
  const { db, storage, outbox, workspace, convert, finishVideo, waitingChunks, finishLater, sendClean } = options;

  /** Puts a file into Storage and reads it back: nothing is published, and no chunk deleted, on trust. */
  async function keep(path: string, keyOf: (sha256: string) => string, signal: AbortSignal): Promise<KeptObject> {
    const { size: bytes } = await stat(path);
    const sha256 = await sha256Of(createReadStream(path, { signal }));
    const objectKey = keyOf(sha256);
    await storage.put(objectKey, createReadStream(path), { bytes, sha256, signal });
    const readBack = await sha256Of(await storage.get(objectKey, { signal }));
    if (readBack !== sha256) {
      await storage.delete(objectKey);
      throw new AppError('storage_unavailable', {
        detail: 'Storage returned different bytes from those it was given.',
      });
    }
    return { objectKey, bytes, sha256 };
  }

  async function store(recordingId: string, finished: FinishedRecording, signal: AbortSignal): Promise<PublishedVideo> {
    const video = await keep(
      finished.videoPath,
      (sha256) => `${recordingPrefix(recordingId)}video-${sha256}.mp4`,
      signal,
    );
    const sound = finished.soundPath
      ? await keep(finished.soundPath, (sha256) => `${renditionPrefix(recordingId)}audio-${sha256}.mp4`, signal)
      : null;
    const posters = finished.posterPath
      ? await storePoster(storage, posterPrefix(recordingId), finished.posterPath, signal)
      : [];
    return { ...video, sound, posters };
  }

  async function fail(recordingId: string, failure: 'empty' | 'unfinishable'): Promise<void> {
    await db
      .transaction()
      .execute((trx) => changeState(trx, recordingId, { state: 'failed', reason: failure, at: new Date() }));
  }

  return async ({ recordingId }, { signal, log, attempt, lastAttempt }) => {
    const recording = await findRecording(db, recordingId);
    if (!recording) throw new PermanentJobError('There is no such recording.');
    if (recording.state === 'finished') return;
    // What a crash or an absent store has left on the node's disk belongs to the lesson.
    if (waitingChunks(recordingId) > 0) await sleep(onTheirWayMs, undefined, { signal });
    if (waitingChunks(recordingId) > 0) return await finishLater(recordingId);
    await db
      .transaction()
      .execute((trx) => changeState(trx, recordingId, { state: 'finishing', reason: 'again', at: new Date() }));

    const journal = await readJournal(db, recordingId);
    const work = await workspace.open(`recording-${recordingId}`);
    let hasLost = false;
    try {
      const finished = await finishVideo({
        journal,
        workFolder: work.path,
        signal,
        sound: (await isMusic(db, recordingId)) ? 'music' : 'speech',
        toleratesLoss: attempt > patientAttempts,
        async ffmpeg(args, until) {
          await convert({ ...limits, program: options.ffmpeg, args, folder: work.path, signal: until });
        },
        onSoundFailed: (error) => log.error({ err: error, recordingId }, 'the sound of a recording could not be taken'),
        async *readChunk(chunk, chunkSignal) {
          try {
            yield* await storage.get(chunkKey(chunk), { signal: chunkSignal });
          } catch (error) {
            if (error instanceof AppError && error.code === 'not_found') {
              hasLost = true;
              throw new ChunkLostError(chunk, { cause: error });
            }
            throw error;
          }
        },
      });
      const video = await store(recordingId, finished, signal);
      await db.transaction().execute(async (trx) => {
        if (await publish(trx, outbox, recordingId, video, finished)) {
          await options.onPublished(trx, recordingId);
          await sendClean(trx, recordingId);
        }
      });
      const { durationMs, completeness } = finished;
      log.info({ recordingId, durationMs, completeness, gaps: finished.timeline.gaps.length }, 'recording published');
    } catch (error) {
      // Where all that was sent is not there, the store may be another one, or not be mounted: that is tried on.
      if (error instanceof EmptyRecordingError && !hasLost) {
        // Nobody ever sent anything: there is nothing to show, and no retry can help.
        log.warn({ recordingId }, 'a recording is empty');
        return await fail(recordingId, 'empty');
      }
      if (signal.aborted) throw error;
      const isHopeless = takesTooMuch(error) && attempt > patientAttempts;
      if (lastAttempt || isHopeless) await fail(recordingId, 'unfinishable');
      if (isHopeless) throw new PermanentJobError('It takes more than a recording may.', { cause: error });
      throw error;
    } finally {
      await work.close();
    }
  };
}
