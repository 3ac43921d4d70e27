import { z } from '@hono/zod-openapi';
import { idSchema, timeSchema } from '../http/page.ts';

const slotSchema = z.object({ start: timeSchema, end: timeSchema, period: z.string().nullable() });

const common = {
  id: idSchema,
  classSessionId: idSchema,
  title: z.string(),
  at: timeSchema,
  read: z.boolean(),
};

export const lessonNoticeSchema = z
  .object({
    ...common,
    /** `changed`: another presenter, or other rooms. */
    kind: z.enum(['cancelled', 'moved', 'changed']),
    /** Who did it. */
    by: z.string(),
    reason: z.string().nullable(),
    /** When it was to be; of several lessons, the first. */
    from: slotSchema,
    /** Where it was moved to. */
    to: slotSchema.nullable(),
    /** How many lessons of a series it is about. */
    count: z.int(),
  })
  .openapi('LessonNotice');
export type LessonNotice = z.output<typeof lessonNoticeSchema>;

export const recordingNoticeSchema = z
  .object({
    ...common,
    /** The school keeps its recordings for a time, and that of this one is nearly over. */
    kind: z.literal('recording_expires'),
    resourceId: idSchema,
    deletedAfter: timeSchema,
  })
  .openapi('RecordingNotice');
export type RecordingNotice = z.output<typeof recordingNoticeSchema>;

export const noticeSchema = z.discriminatedUnion('kind', [lessonNoticeSchema, recordingNoticeSchema]).openapi('Notice');
export type Notice = z.output<typeof noticeSchema>;

export const noticeList = z.object({
  /** The newest first. */
  items: z.array(noticeSchema),
  unread: z.int(),
});
export type NoticeList = z.output<typeof noticeList>;

/** Without ids: all. */
export const readNoticesBody = z.object({ ids: z.array(idSchema).max(200).optional() });
