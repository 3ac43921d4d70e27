import { z } from '@hono/zod-openapi';
import { placeSchema } from '../catalog/schema.ts';
import { idSchema, listOf, namedSchema, pageOf, pageQuery, timeSchema } from '../http/page.ts';
import { pupilsRecordedSchema } from '../pupil-consent/schema.ts';
import { recordingSummarySchema } from '../recordings/schema.ts';
import { daySchema } from '../school-days/schema.ts';

export const classSessionStateSchema = z.enum(['scheduled', 'live', 'ended', 'published', 'cancelled']);
export type ClassSessionState = z.output<typeof classSessionStateSchema>;

export const slidesSchema = z.object({
  fileId: idSchema,
  name: z.string(),
  /** Known once the file's preview is made. */
  pages: z.int().nullable(),
  state: z.enum(['uploaded', 'processing', 'ready', 'failed']),
});

export type LessonSlides = z.output<typeof slidesSchema>;
export const slidesList = listOf(slidesSchema);
export const showSlidesSchema = z.object({ slidesFileId: idSchema.nullable() });

const announcedSchema = z.object({
  start: timeSchema,
  end: timeSchema,
  /** Such as 第3节. */
  period: z.string().nullable(),
});

/** What became of the time that was announced first. */
export const sessionChangeSchema = z.object({
  kind: z.enum(['moved', 'cancelled']),
  at: timeSchema,
  reason: z.string().nullable(),
  /** The time that was announced first; of a cancelled one that was never moved, its own. */
  from: announcedSchema,
});

export const classSessionSchema = z
  .object({
    id: idSchema,
    title: z.string(),
    state: classSessionStateSchema,
    /** Of the presenter. */
    school: namedSchema,
    alliance: namedSchema,
    presenter: namedSchema,
    place: placeSchema.nullable(),
    slides: slidesSchema.nullable(),
    rooms: z.array(
      namedSchema.extend({
        school: namedSchema,
        /** What of its pupils may be in the recording; null before the lesson begins. */
        pupilsRecorded: pupilsRecordedSchema.nullable(),
      }),
    ),
    scheduledStart: timeSchema,
    scheduledEnd: timeSchema,
    /** By the bell times of the presenter's school; null where the time was chosen freely. */
    period: z.string().nullable(),
    /** Of a lesson that is repeated. */
    seriesId: idSchema.nullable(),
    change: sessionChangeSchema.nullable(),
    startedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
    /** Original sound for music lessons. */
    music: z.boolean(),
    recording: recordingSummarySchema.nullable(),
    /** What the one who asks may do with it now. */
    may: z.object({ edit: z.boolean(), present: z.boolean(), observe: z.boolean() }),
  })
  .openapi('ClassSession');
export type ClassSession = z.output<typeof classSessionSchema>;

export const classSessionList = pageOf(classSessionSchema);
export type ClassSessionList = z.output<typeof classSessionList>;

/** Who can be named as the presenter. */
export const presenterList = listOf(namedSchema.extend({ school: namedSchema }).openapi('Presenter'));
export type PresenterList = z.output<typeof presenterList>;

export const instantSchema = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const title = z.string().trim().min(1).max(200);
export const roomIdsSchema = z
  .array(idSchema)
  .min(1)
  .max(200)
  .refine((ids) => new Set(ids).size === ids.length, { error: 'names a room twice' });

export const timetableQuery = z.object({
  from: instantSchema
    .optional()
    .openapi({ type: 'string', description: 'Those that end after it. Default: the day so far.' }),
  to: instantSchema
    .optional()
    .openapi({ type: 'string', description: 'Those that begin before it. Default: 31 days on.' }),
  mine: z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true')
    .openapi({ type: 'string', description: 'Only those that I present.' }),
  changes: z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true')
    .openapi({ type: 'string', description: 'Also cancelled ones, and those that were moved out of this time.' }),
  cursor: pageQuery.shape.cursor,
});
export type TimetableQuery = z.output<typeof timetableQuery>;

/** A period by its place in the day, from 1, by the bell times of the presenter's school. */
export const periodOfDaySchema = z.object({ day: daySchema, period: z.int().min(1).max(20) });
export type PeriodOfDay = z.output<typeof periodOfDaySchema>;

/** How much of its series a change of one lesson is for; of the others only those that have not begun. */
export const scopeSchema = z.enum(['one', 'following', 'series']);
export type Scope = z.output<typeof scopeSchema>;

/** Shown to everybody whom a change concerns. */
const reason = z.string().trim().max(200).nullable();

/** What a lesson is, whenever it is. */
export const lessonFields = {
  title,
  allianceId: idSchema,
  /** Yourself, when left out. */
  presenterId: idSchema.optional(),
  nodeId: idSchema.nullable().default(null),
  /** A courseware file that you may read. */
  slidesFileId: idSchema.nullable().default(null),
  music: z.boolean().default(false),
};

const start = instantSchema.optional().openapi({ type: 'string', format: 'date-time' });
const times = { scheduledStart: start, scheduledEnd: start, at: periodOfDaySchema.optional() };

export const createClassSessionSchema = z
  .object({
    ...lessonFields,
    roomIds: roomIdsSchema,
    ...times,
    /** Keep it although the presenter or a room is taken at that time. */
    allowClash: z.boolean().default(false),
  })
  .superRefine(({ scheduledStart, scheduledEnd, at }, context) => {
    if (at !== undefined) return;
    if (!scheduledStart)
      context.addIssue({ code: 'custom', path: ['scheduledStart'], message: 'is required unless at is given' });
    if (!scheduledEnd)
      context.addIssue({ code: 'custom', path: ['scheduledEnd'], message: 'is required unless at is given' });
  })
  .openapi('CreateClassSession');
export type CreateClassSession = z.output<typeof createClassSessionSchema>;

export const updateClassSessionSchema = z
  .object({
    title: title.optional(),
    presenterId: idSchema.optional(),
    roomIds: roomIdsSchema.optional(),
    ...times,
    nodeId: idSchema.nullable().optional(),
    slidesFileId: idSchema.nullable().optional(),
    music: z.boolean().optional(),
    allowClash: z.boolean().default(false),
    scope: scopeSchema.default('one'),
    reason: reason.default(null),
  })
  .openapi('UpdateClassSession');
export type UpdateClassSession = z.output<typeof updateClassSessionSchema>;

export const cancellationSchema = z
  .object({ scope: scopeSchema.default('one'), reason: reason.default(null) })
  .openapi('CancelClassSession');
export type Cancellation = z.output<typeof cancellationSchema>;

/** A lesson that is not, or not then, where a room expects it today. */
export const dayChangeSchema = z.object({
  id: idSchema,
  title: z.string(),
  kind: z.enum(['moved', 'cancelled']),
  reason: z.string().nullable(),
  from: announcedSchema,
  /** Null: it is cancelled. */
  to: announcedSchema.nullable(),
});
export type DayChange = z.output<typeof dayChangeSchema>;

export const joinAnswer = z
  .object({
    /** Good for entering once, during the next 60 seconds. */
    token: z.string(),
    /** WebSocket address of the media node, or a path on this server. */
    url: z.string(),
    role: z.enum(['presenter', 'receiver', 'observer']),
    classSession: classSessionSchema,
  })
  .openapi('ClassSessionJoin');
export type ClassSessionJoin = z.output<typeof joinAnswer>;

export const assistantInvitation = z
  .object({
    /** For the address of the page of assistants, after `#`. */
    code: z.string(),
    /** The server as phones reach it; null where only the screen knows its address. */
    origin: z.url().nullable(),
    expiresAt: timeSchema,
  })
  .openapi('AssistantInvitation');
export type AssistantInvitation = z.output<typeof assistantInvitation>;

export const assistantJoinBody = z.object({
  /** That of the screen, or the pass that came with it. */
  code: z.string().min(1).max(200),
});

export const assistantJoin = z
  .object({
    /** Good for entering once, during the next 60 seconds. */
    token: z.string(),
    url: z.string(),
    /** To come back with, until the lesson is over. */
    pass: z.string(),
    session: namedSchema.pick({ id: true }).extend({ title: z.string(), presenter: namedSchema, school: namedSchema }),
    room: namedSchema.extend({ school: namedSchema }),
  })
  .openapi('AssistantJoin');
export type AssistantJoin = z.output<typeof assistantJoin>;

/** Who came and went, as it is kept of a lesson. */
export const presenceData = z.object({
  participantId: z.string(),
  role: z.string(),
  accountId: z.string().nullable(),
  deviceId: z.string().nullable(),
  roomId: z.string().nullable(),
});
export type PresenceData = z.output<typeof presenceData>;
/** How much of the sound a room was to receive, and did, since the last of these. */
export const audioData = z.object({
  participantId: z.string(),
  roomId: z.string(),
  expectedMs: z.number().nonnegative(),
  receivedMs: z.number().nonnegative(),
});
export const headCountData = z.object({
  roomId: z.string(),
  count: z.int().nonnegative(),
  /** Of whoever counted. */
  role: z.string(),
  accountId: z.string().nullable(),
  deviceId: z.string().nullable(),
});
export type AudioData = z.output<typeof audioData>;
export type HeadCountData = z.output<typeof headCountData>;
