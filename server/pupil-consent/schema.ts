import { z } from '@hono/zod-openapi';
import { idSchema } from '../http/page.ts';

/** What may be in recordings of a school's pupils while their room is on stage. Live, they are seen and heard anyhow. */
export const pupilsRecordedSchema = z.enum(['none', 'voices', 'voices_and_pictures']);
export type PupilsRecorded = z.infer<typeof pupilsRecordedSchema>;

export const pupilConsentSchema = z
  .object({
    /** Of lessons that begin from now on. */
    pupilsRecorded: pupilsRecordedSchema,
  })
  .openapi('PupilConsent');
export type PupilConsent = z.infer<typeof pupilConsentSchema>;

export const pupilConsentParameters = z.object({ id: idSchema });
