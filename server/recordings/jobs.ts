import { z } from 'zod';
import { defineJob } from '../jobs/definition.ts';

const payload = z.object({ recordingId: z.uuid() });

/**
 * Makes the video of a recording and puts it into the library. Restartable at any point. It is tried for a day: a store
 * that is away, a full disk or a program that is not installed are mended by then.
 */
export const finishRecordingJob = defineJob({
  name: 'recording.finish',
  payload,
  timeoutSeconds: 6 * 60 * 60,
  retryLimit: 150,
  retryDelaySeconds: 5,
  retryDelayMaxSeconds: 10 * 60,
  unique: true,
});

/**
 * Looks after a recording whose lesson is over but whose recorder has not said that all is written: it may be gone, or the
 * store was away.
 */
export const concludeRecordingJob = defineJob({ name: 'recording.conclude', payload, retryLimit: 20, unique: true });

/** Deletes the chunks of a recording whose video is safe. */
export const cleanRecordingJob = defineJob({ name: 'recording.clean', payload, retryLimit: 12, unique: true });
