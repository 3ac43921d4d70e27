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
    /** How much could not be done. */
    undone: z.int(),
  })
  .openapi('SystemStatus');
export type SystemStatus = z.infer<typeof systemStatusSchema>;

export const undoneKinds = ['document', 'upload', 'job'] as const;
export type UndoneKind = (typeof undoneKinds)[number];

export const undoneReasons = [
  'refused',
  'storage',
  'no_space',
  'program_missing',
  'too_much',
  'scanner',
  'other',
] as const;
export type UndoneReason = (typeof undoneReasons)[number];

/** Something that could not be done, and that nobody would see but for this list. */
export const undoneSchema = z
  .object({
    /** `document`: a resource that the search index refuses. `upload`: it is ended every five minutes, in vain so far. */
    kind: z.enum(undoneKinds),
    id: idSchema,
    /** Of a job: its name. */
    job: z.string().nullable(),
    /** Title or file name of what it is about; null when it is about nothing by itself. */
    name: z.string().nullable(),
    /** The resource that it belongs to, where the reader may open it. */
    resourceId: idSchema.nullable(),
    /** Name of the school whose it is. */
    school: z.string().nullable(),
    /** Of a job: how often it was tried. */
    tries: z.int().nullable(),
    since: timeSchema,
    reason: z.enum(undoneReasons),
    /** What a program said of it, for whoever repairs it. */
    failure: z.string().nullable(),
  })
  .openapi('Undone');
export type Undone = z.infer<typeof undoneSchema>;
export const undoneList = listOf(undoneSchema);

/** Uploads are tried again by themselves. */
export const undoneParams = z.object({ kind: z.enum(undoneKinds).exclude(['upload']), id: idSchema });
