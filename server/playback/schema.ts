import { z } from '@hono/zod-openapi';
import { idSchema, listOf } from '../http/page.ts';

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;
const positionMs = z.int().min(0).max(2_147_483_647);

/** Ages, not moments: the clocks of devices go as they like. */
export const positionSchema = z
  .object({
    /** 0: played to its end. */
    positionMs,
    /** How long ago that was. */
    agoMs: z.int().min(0),
  })
  .openapi('PlaybackPosition');
export type PlaybackPosition = z.output<typeof positionSchema>;

export const positionAnswer = z.object({ position: positionSchema.nullable() });
export const positionBody = z.object({ positionMs, agoMs: z.int().min(0).max(MONTH_MS).default(0) });
export type NewPosition = z.output<typeof positionBody>;

export const unfinishedList = listOf(
  z
    .object({
      fileId: idSchema,
      fileName: z.string(),
      mediaType: z.string(),
      resourceId: idSchema,
      title: z.string(),
      positionMs,
      durationMs: z.int(),
      hasPoster: z.boolean(),
    })
    .openapi('Unfinished'),
);
export type UnfinishedList = z.output<typeof unfinishedList>;
