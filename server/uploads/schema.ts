import { z } from 'zod';
import { defineJob } from '../jobs/definition.ts';

/** Registers uploads whose end nobody saw, and removes those that nobody went on with. */
export const sweepUploadsJob = defineJob({ name: 'uploads.sweep', payload: z.object({}), unique: true });

/** What a client says of an upload when it creates it (Upload-Metadata). */
export const uploadMetadata = z.object({
  filename: z.string().nullish(),
  filetype: z.string().max(200).nullish(),
  /** Lower-case hex of the whole content, if the client knows it. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullish(),
});
