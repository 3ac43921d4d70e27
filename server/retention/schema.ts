import { z } from '@hono/zod-openapi';
import { idSchema, timeSchema } from '../http/page.ts';

/** So long before it is deleted its owner is told of it, whatever happens to the rule meanwhile. */
export const noticeDays = 14;
export const [leastKeptDays, mostKeptDays] = [30, 3650];

const keptDaysSchema = z.int().min(leastKeptDays).max(mostKeptDays);

/** A school's rule for what is recorded of its class sessions. */
export const schoolRetentionSchema = z
  .object({
    /** Counted from the lesson; null: for ever. */
    keptDays: keptDaysSchema.nullable(),
    /** How many recordings are older than that, or than what was asked for, and not kept for ever. */
    expired: z.int(),
  })
  .openapi('SchoolRetention');
export type SchoolRetention = z.output<typeof schoolRetentionSchema>;

export const retentionQuery = z.object({
  /** Counts what would be too old under this rule, without setting it. */
  keptDays: z.coerce.number().pipe(keptDaysSchema).optional(),
});
export const retentionBody = z.object({ keptDays: keptDaysSchema.nullable() });
export const retentionParameters = z.object({ id: idSchema });

export const resourceRetentionSchema = z
  .object({
    keptForEver: z.boolean(),
    /** The rule of its school; null: none. */
    keptDays: z.int().nullable(),
    /** The first moment at which it can be deleted: not before its owner has known it for two weeks. Null: never. */
    deletedAfter: timeSchema.nullable(),
  })
  .openapi('ResourceRetention');
export type ResourceRetention = z.output<typeof resourceRetentionSchema>;

export const exemptionBody = z.object({ keptForEver: z.boolean() });
