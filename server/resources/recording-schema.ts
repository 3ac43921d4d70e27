import { z } from '@hono/zod-openapi';
import { inkColor, inkWidth } from '../../media/protocol.ts';

/** What the server recorded of a class session, when the resource is its recording. */
export const resourceRecordingSchema = z
  .object({
    classSessionId: z.uuid(),
    durationMs: z.int(),
    /** Share of the presenter's picture and sound that was received, 0 to 1. */
    completeness: z.number().min(0).max(1),
    gaps: z.array(
      z.object({
        track: z.string(),
        /** School and name of the room whose it is; null when it is the presenter's, which alone count for completeness. */
        room: z.string().nullable(),
        startMs: z.int(),
        endMs: z.int(),
      }),
    ),
    /** By time; without a file, from then on no slides were shown. */
    slides: z.array(z.object({ atMs: z.int(), page: z.int(), fileId: z.uuid().nullable() })),
    /** Whether anything was drawn on slides; it is read by itself. */
    hasInk: z.boolean(),
    /** Slides and sound instead of the video, for thin lines; null when there is no sound alone. */
    thin: z
      .object({
        bytes: z.int(),
        /** Of the bytes of the video. */
        share: z.number().min(0),
      })
      .nullable(),
  })
  .openapi('ResourceRecording');
export type ResourceRecording = z.output<typeof resourceRecordingSchema>;

/** What was drawn on the slides of a class recording, on the time line of its video. */
export const resourceInkSchema = z
  .object({
    /** In the order in which they were begun. */
    strokes: z.array(
      z.object({
        fileId: z.uuid(),
        page: z.int(),
        color: inkColor,
        width: inkWidth,
        /** As it grew: points in ten-thousandths of the page's width and height, x and y in turn. */
        pieces: z.array(z.object({ atMs: z.int(), points: z.array(z.int()) })),
        /** When it was taken away. */
        goneMs: z.int().nullable(),
      }),
    ),
  })
  .openapi('ResourceInk');
export type ResourceInk = z.output<typeof resourceInkSchema>;
