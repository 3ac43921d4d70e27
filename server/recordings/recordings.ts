import type { Logger } from 'pino';
import type { RecordingSink } from '../../media/index.ts';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { createCleaning } from './clean.ts';
import { type ConcludingOptions, createConcluding } from './conclude.ts';
import { createFinishing, type FinishingOptions } from './finish.ts';
import { cleanRecordingJob, concludeRecordingJob, finishRecordingJob } from './jobs.ts';
import { retakeSlideTexts } from './publication.ts';
import { createRecordingService, type RecordingService } from './service.ts';
import { createRecordingSink } from './sink.ts';

export type RecordingsOptions = Omit<FinishingOptions, 'sendClean' | 'finishLater' | 'waitingChunks'> &
  Pick<ConcludingOptions, 'waitingChunks'> & {
    /** Not started yet. */
    jobs: Jobs;
    log: Logger;
  };

export interface Recordings {
  service: RecordingService;
  /** For the media node. */
  sink: RecordingSink;
  /** The pages of a file were read anew, in this transaction: they may be slides that recordings show. */
  pagesRead(trx: DatabaseTransaction, fileId: string): Promise<void>;
}

const lookAgainSeconds = 5;
/** How long the chunks of a published recording are kept, should somebody wish to look into it. */
const chunksKeptSeconds = 60 * 60;

/** The recordings with their jobs, which are handled here. */
export function createRecordings({ jobs, log, waitingChunks, ...options }: RecordingsOptions): Recordings {
  const { db, storage } = options;
  const sendFinish = async (trx: Database, recordingId: string) => {
    await jobs.send(trx, finishRecordingJob, { recordingId }, { key: recordingId });
  };
  const sendConclude = async (trx: Database, recordingId: string, delaySeconds: number) => {
    await jobs.send(trx, concludeRecordingJob, { recordingId }, { key: recordingId, delaySeconds });
  };
  const sendClean = async (trx: Database, recordingId: string) => {
    const options = { key: recordingId, delaySeconds: chunksKeptSeconds };
    await jobs.send(trx, cleanRecordingJob, { recordingId }, options);
  };
  const lookAgain = (recordingId: string) => sendConclude(db, recordingId, lookAgainSeconds);
  const finishLater = async (recordingId: string) => {
    await jobs.send(db, finishRecordingJob, { recordingId }, { key: recordingId, delaySeconds: lookAgainSeconds });
  };
  jobs.handle(finishRecordingJob, createFinishing({ ...options, waitingChunks, finishLater, sendClean }));
  jobs.handle(concludeRecordingJob, createConcluding({ db, waitingChunks, sendFinish, lookAgain }));
  jobs.handle(cleanRecordingJob, createCleaning({ db, storage }));
  return {
    service: createRecordingService({ db, sendFinish, sendConclude }),
    sink: createRecordingSink({ db, storage, sendFinish, log }),
    pagesRead: (trx, fileId) => retakeSlideTexts(trx, options.outbox, fileId),
  };
}
