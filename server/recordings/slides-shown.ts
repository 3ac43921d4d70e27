import { z } from 'zod';
import { inkColor, inkWidth } from '../../media/protocol.ts';

/** The part of a kept timeline that is shown beside the video. */
export const replaySchema = z.object({
  slides: z.array(z.object({ atMs: z.number(), page: z.number(), fileId: z.string().nullable() })),
  gaps: z.array(z.object({ track: z.string(), startMs: z.number(), endMs: z.number() })),
});

/** What was drawn on the slides; nothing in recordings made before there was a pen. */
export const inkSchema = z
  .array(
    z.object({
      fileId: z.string(),
      page: z.number(),
      color: inkColor,
      width: inkWidth,
      pieces: z.array(z.object({ atMs: z.number(), points: z.array(z.number()) })),
      goneMs: z.number().nullable(),
    }),
  )
  .nullable()
  .transform((strokes) => strokes ?? []);

export interface SlideTurn {
  atMs: number;
  page: number;
}

/**
 * The one set of slides that a replay shows, and when which page of it was turned to: what the lesson was planned with,
 * else what was shown first.
 */
export function slidesShown(
  slides: readonly (SlideTurn & { fileId: string | null })[],
  planned: string | null,
): { fileId: string | null; turns: SlideTurn[] } {
  const isShown = slides.some(({ fileId }) => fileId === planned);
  const first = slides.find(({ fileId }) => fileId !== null)?.fileId ?? null;
  const fileId = planned !== null && (isShown || first === null) ? planned : first;
  const turns = slides
    .filter((slide) => slide.fileId === fileId)
    .map(({ atMs, page }) => ({ atMs: Math.round(atMs), page }));
  return { fileId, turns };
}
