import { z } from '@hono/zod-openapi';
import { idSchema, listOf, timeSchema } from '../http/page.ts';
import { faultSchema, partNames } from './faults.ts';

/** One part of the installation, asked just now. */
export const partSchema = z.object({
  name: z.enum(partNames),
  state: z.enum(['working', 'degraded', 'failed']),
  /** How long the answer took. */
  tookMs: z.number(),
});
export type Part = z.infer<typeof partSchema>;

export const systemStatusSchema = z
  .object({
    version: z.string(),
    startedAt: timeSchema,
    parts: z.array(partSchema),
    /** What does not work, each thing once. Empty when all is well. */
    faults: z.array(faultSchema),
    versions: z.array(z.object({ name: z.string(), version: z.string() })),
    /** The disk under DATA_DIR. */
    disk: z.object({ freeBytes: z.number(), totalBytes: z.number() }),
    deadJobs: z.int(),
  })
  .openapi('SystemStatus');
export type SystemStatus = z.infer<typeof systemStatusSchema>;

/** A job that has used up its tries. */
export const deadJobSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    tries: z.int(),
    createdAt: timeSchema,
    failedAt: timeSchema.nullable(),
    /** The last failure, in words for the operator. */
    failure: z.string().nullable(),
  })
  .openapi('DeadJob');
export type DeadJob = z.infer<typeof deadJobSchema>;
export const deadJobList = listOf(deadJobSchema);
