import { z } from '@hono/zod-openapi';
import { fileParams } from '../files/schema.ts';
import { timeSchema } from '../http/page.ts';

/** `captions` also tell what is heard besides speech, for who does not hear; `subtitles` translate what is said. */
export const captionKinds = ['captions', 'subtitles'] as const;
export const MOST_CUES = 5000;
export const LONGEST_CUE = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Lines of plain text: no controls, none of them empty. */
export function cueText(text: string): string {
  return text
    .normalize()
    .split(/\r\n?|\n/)
    .map((line) => line.replaceAll(/[\p{Cc}\p{Cs}]/gu, '').trim())
    .filter((line) => line !== '')
    .join('\n');
}

const moment = z.int().min(0).max(DAY_MS);
export const cueSchema = z
  .object({
    startMs: moment,
    endMs: moment,
    text: z
      .string()
      .max(2 * LONGEST_CUE)
      .transform(cueText),
  })
  .refine(({ startMs, endMs }) => startMs < endMs, { path: ['endMs'], error: 'is not after startMs' })
  .refine(({ text }) => text !== '' && text.length <= LONGEST_CUE, {
    path: ['text'],
    error: `has 1 to ${LONGEST_CUE} characters`,
  });
export type Cue = z.output<typeof cueSchema>;

function canonical(language: string): string | null {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** BCP 47, written as it should be: zh-CN, en, bo. */
const language = z
  .string()
  .max(35)
  .transform((text, context) => {
    const tag = canonical(text);
    if (tag !== null) return tag;
    context.addIssue({ code: 'custom', message: 'is not a language tag' });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: 'zh-CN' });

const named = {
  kind: z.enum(captionKinds),
  language,
  /** What stands in the player's menu. */
  label: z.string().trim().min(1).max(60),
};

export const captionTrackSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(captionKinds),
    language: z.string(),
    label: z.string(),
    cues: z.int(),
    revision: z.int(),
    updatedAt: timeSchema,
  })
  .openapi('CaptionTrack');
export type CaptionTrack = z.output<typeof captionTrackSchema>;

export const captionListSchema = z
  .object({ items: z.array(captionTrackSchema), mayEdit: z.boolean() })
  .openapi('CaptionList');
export type CaptionList = z.output<typeof captionListSchema>;

export const captionsSchema = captionTrackSchema
  .extend({ cues: z.array(z.object({ startMs: z.int(), endMs: z.int(), text: z.string() })) })
  .openapi('Captions');
export type Captions = z.output<typeof captionsSchema>;

export const captionParams = fileParams.extend({ trackId: z.uuid() });
export const newCaptionsQuery = z.object(named);
export type NewCaptions = z.output<typeof newCaptionsQuery>;

export const changeCaptionsBody = z.object({
  ...named,
  /** Of the track as it was when the change was begun. */
  revision: z.int().min(1),
  cues: z.array(cueSchema).max(MOST_CUES),
});
export type ChangeCaptions = z.output<typeof changeCaptionsBody>;
