import { z } from '@hono/zod-openapi';
import { placeSchema } from '../catalog/schema.ts';
import { idSchema, listOf, namedSchema, timeSchema } from '../http/page.ts';
import { recordingSummarySchema } from '../recordings/schema.ts';

export const classSessionStateSchema = z.enum(['scheduled', 'live', 'ended', 'published', 'cancelled']);
export type ClassSessionState = z.output<typeof classSessionStateSchema>;

const slidesSchema = z.object({
  fileId: idSchema,
  name: z.string(),
  /** Known once the file's preview is made. */
  pages: z.int().nullable(),
  state: z.enum(['uploaded', 'processing', 'ready', 'failed']),
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
    rooms: z.array(namedSchema.extend({ school: namedSchema })),
    scheduledStart: timeSchema,
    scheduledEnd: timeSchema,
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

export const classSessionList = listOf(classSessionSchema);
export type ClassSessionList = z.output<typeof classSessionList>;

/** Who can be named as the presenter. */
export const presenterList = listOf(namedSchema.extend({ school: namedSchema }).openapi('Presenter'));
export type PresenterList = z.output<typeof presenterList>;

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const title = z.string().trim().min(1).max(200);
const roomIds = z
  .array(idSchema)
  .min(1)
  .max(200)
  .refine((ids) => new Set(ids).size === ids.length, { error: 'names a room twice' });

export const timetableQuery = z.object({
  from: instant
    .optional()
    .openapi({ type: 'string', description: 'Those that end after it. Default: the day so far.' }),
  to: instant.optional().openapi({ type: 'string', description: 'Those that begin before it. Default: 31 days on.' }),
  mine: z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true')
    .openapi({ type: 'string', description: 'Only those that I present.' }),
});
export type TimetableQuery = z.output<typeof timetableQuery>;

export const createClassSessionSchema = z
  .object({
    title,
    allianceId: idSchema,
    /** Yourself, when left out. */
    presenterId: idSchema.optional(),
    roomIds,
    scheduledStart: instant.openapi({ type: 'string', format: 'date-time' }),
    scheduledEnd: instant.openapi({ type: 'string', format: 'date-time' }),
    nodeId: idSchema.nullable().default(null),
    /** A courseware file that you may read. */
    slidesFileId: idSchema.nullable().default(null),
    music: z.boolean().default(false),
    /** Keep it although the presenter or a room is taken at that time. */
    allowClash: z.boolean().default(false),
  })
  .openapi('CreateClassSession');
export type CreateClassSession = z.output<typeof createClassSessionSchema>;

export const updateClassSessionSchema = z
  .object({
    title: title.optional(),
    presenterId: idSchema.optional(),
    roomIds: roomIds.optional(),
    scheduledStart: instant.optional().openapi({ type: 'string', format: 'date-time' }),
    scheduledEnd: instant.optional().openapi({ type: 'string', format: 'date-time' }),
    nodeId: idSchema.nullable().optional(),
    slidesFileId: idSchema.nullable().optional(),
    music: z.boolean().optional(),
    allowClash: z.boolean().default(false),
  })
  .openapi('UpdateClassSession');
export type UpdateClassSession = z.output<typeof updateClassSessionSchema>;

export const joinAnswer = z
  .object({
    /** Good for entering during the next 60 seconds. */
    token: z.string(),
    /** WebSocket address of the media node, or a path on this server. */
    url: z.string(),
    role: z.enum(['presenter', 'receiver', 'observer']),
    classSession: classSessionSchema,
  })
  .openapi('ClassSessionJoin');
export type ClassSessionJoin = z.output<typeof joinAnswer>;
