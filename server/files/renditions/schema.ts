import { z } from '@hono/zod-openapi';
import { defineJob } from '../../jobs/definition.ts';
import { fileParams } from '../schema.ts';

export const renditionNames = ['360p', '720p', 'audio'] as const;
export type RenditionName = (typeof renditionNames)[number];

export const renditionsSchema = z
  .object({
    /** `none`: nothing was begun, and of most files nothing will be. */
    state: z.enum(['none', 'working', 'done', 'failed']),
    /** How much of the work is done. */
    percent: z.int().min(0).max(100),
    renditions: z.array(
      z.object({
        name: z.enum(renditionNames),
        bytes: z.int(),
        mediaType: z.string(),
        width: z.int().nullable(),
        height: z.int().nullable(),
        /** Bits a second over the whole file. */
        bitrate: z.int(),
      }),
    ),
    /** Small frames for the seek bar of a video, in one image: from left to right, then line by line. */
    sprite: z
      .object({
        /** Of one frame, in pixels. */
        width: z.int(),
        height: z.int(),
        columns: z.int(),
        frames: z.int(),
        /** From one frame to the next; the first one is of the beginning. */
        intervalMs: z.int(),
      })
      .nullable(),
    /** Whether there is a waveform for the seek bar of a sound. */
    hasWaveform: z.boolean(),
  })
  .openapi('Renditions');
export type Renditions = z.output<typeof renditionsSchema>;

/** Lowest and highest of each part of a sound in turns, from -100 to 100. */
export const waveformSchema = z.object({ peaks: z.array(z.int().min(-100).max(100)).max(2000) }).openapi('Waveform');
export type Waveform = z.output<typeof waveformSchema>;

export const renditionParams = fileParams.extend({ name: z.enum(renditionNames) });
export const renditionQuery = z.object({
  /** Given, the bytes come from this server even where an object store could serve them. */
  proxy: z.string().optional(),
});

/** Where its renditions lie: not among the previews, which are made anew by themselves. */
export const renditionPrefix = (fileId: string) => `renditions/${fileId}/`;

/** Looks for videos and sounds of which not all is made, and sends one of them at a time to be rendered. */
export const backfillMediaJob = defineJob({ name: 'media.backfill', payload: z.object({}), unique: true });

/** Makes a video or sound small for thin links. Its folder would be taken for a leftover after two hours. */
export const renderMediaJob = defineJob({
  name: 'media.render',
  payload: z.object({ fileId: z.uuid() }),
  timeoutSeconds: 110 * 60,
  retryLimit: 2,
  unique: true,
});
