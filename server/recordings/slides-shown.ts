import { z } from 'zod';
import { inkColor, inkWidth } from '../../media/protocol.ts';

/** The part of a kept timeline that is shown beside the video. From a turn without a file on, no slides were shown. */
export const replaySchema = z.object({
  slides: z.array(z.object({ atMs: z.number(), page: z.number(), fileId: z.string().nullable() })),
  /** Of a room on the stage, or of the presenter where there is none; a server of the version before, still at work, tells no room. */
  gaps: z.array(
    z.object({
      track: z.string(),
      roomId: z.string().nullable().default(null),
      startMs: z.number(),
      endMs: z.number(),
    }),
  ),
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

type SlideTurn = z.output<typeof replaySchema>['slides'][number];

/** A page of slides, with the number of the turn that showed it first, from 1 on. */
export interface ShownPage {
  turn: number;
  fileId: string;
  page: number;
}

/** Each page once, as it was first turned to. */
export function pagesShown(turns: readonly SlideTurn[]): ShownPage[] {
  const pages = new Map<string, ShownPage>();
  for (const [index, { fileId, page }] of turns.entries()) {
    const key = `${fileId} ${page}`;
    if (fileId !== null && !pages.has(key)) pages.set(key, { turn: index + 1, fileId, page });
  }
  return [...pages.values()];
}
