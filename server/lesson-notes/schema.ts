import { z } from '@hono/zod-openapi';
import { idSchema, listOf, timeSchema } from '../http/page.ts';

/** No lesson is as long. */
const latestMs = 24 * 60 * 60 * 1000;
const text = z.string().trim().min(1).max(2000);

export const lessonNoteSchema = z
  .object({
    id: idSchema,
    /** Since the lesson began; of a recording the same. */
    atMs: z.int().min(0),
    text: z.string(),
    updatedAt: timeSchema,
  })
  .openapi('LessonNote');
export type LessonNote = z.output<typeof lessonNoteSchema>;

export const lessonNoteList = listOf(lessonNoteSchema);
export const newLessonNote = z.object({ atMs: z.int().min(0).max(latestMs), text });
export type NewLessonNote = z.output<typeof newLessonNote>;
export const lessonNoteChange = z.object({ text });
