import { z } from '@hono/zod-openapi';
import { idSchema } from '../http/page.ts';

export const recordingStates = ['armed', 'recording', 'interrupted', 'finishing', 'finished', 'failed'] as const;
export const recordingStateSchema = z.enum(recordingStates);

/** What the timetable says of a class session's recording. */
export const recordingSummarySchema = z
  .object({
    state: recordingStateSchema,
    /** The class recording in the library, once finished. */
    resourceId: idSchema.nullable(),
    /** Stable word for why it failed: `empty` when nothing was ever sent, else `unfinishable`. */
    failure: z.string().nullable(),
  })
  .openapi('RecordingSummary');
export type RecordingSummary = z.output<typeof recordingSummarySchema>;
