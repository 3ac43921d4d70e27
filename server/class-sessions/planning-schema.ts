import { z } from '@hono/zod-openapi';
import { idSchema, timeSchema } from '../http/page.ts';
import { clockTimeSchema, daySchema, termSchema } from '../school-days/schema.ts';
import {
  classSessionSchema,
  instantSchema,
  lessonFields,
  periodOfDaySchema,
  roomIdsSchema,
  scopeSchema,
} from './schema.ts';

const weekday = z.int().min(1).max(7).openapi({ description: '1 is Monday.' });
const weeklySlotSchema = z.union([
  z.object({ weekday, period: z.int().min(1).max(20) }),
  z
    .object({ weekday, start: clockTimeSchema, end: clockTimeSchema })
    .refine(({ start, end }) => end > start, { error: 'does not end after it begins', path: ['end'] }),
]);
export type WeeklySlot = z.output<typeof weeklySlotSchema>;

export const repetitionSchema = z
  .object({
    /** Where nothing earlier is made; a day before a term counts as its first. */
    from: daySchema,
    slots: z.array(weeklySlotSchema).min(1).max(30),
    /** By the weeks of the term: 单周, 双周. */
    weeks: z.enum(['all', 'odd', 'even']),
    until: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('term') }),
      z.object({ kind: z.literal('count'), count: z.int().min(1).max(200) }),
      z.object({ kind: z.literal('day'), day: daySchema }),
    ]),
  })
  .openapi('Repetition');
export type Repetition = z.output<typeof repetitionSchema>;

export const createSeriesSchema = z
  .object({
    ...lessonFields,
    roomIds: roomIdsSchema,
    repetition: repetitionSchema,
    /** Beginnings of lessons that are not to be made, as the preview told them. */
    skip: z.array(instantSchema).max(200).default([]),
    allowClash: z.boolean().default(false),
  })
  .openapi('CreateClassSessionSeries');
export type CreateSeries = z.output<typeof createSeriesSchema>;

export const seriesAnswer = z
  .object({ id: idSchema, items: z.array(classSessionSchema) })
  .openapi('ClassSessionSeries');
export type SeriesAnswer = z.output<typeof seriesAnswer>;

const whenSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('times'), start: instantSchema, end: instantSchema }),
  periodOfDaySchema.extend({ kind: z.literal('period') }),
  repetitionSchema.extend({ kind: z.literal('weekly') }),
]);

export const previewInput = z
  .object({
    allianceId: idSchema,
    /** Yourself, when left out. */
    presenterId: idSchema.optional(),
    roomIds: z.array(idSchema).max(200),
    when: whenSchema,
    /** The lesson that is to be changed, with as much of its series: they do not stand in their own way. */
    changing: z.object({ id: idSchema, scope: scopeSchema }).optional(),
  })
  .openapi('ClassSessionPreviewInput');
export type PreviewInput = z.output<typeof previewInput>;

const clashSchema = z.object({
  /** Null: the presenter. */
  roomId: idSchema.nullable(),
  start: timeSchema,
  end: timeSchema,
  /** Null: of a lesson that the reader may not see. */
  title: z.string().nullable(),
});

export const previewAnswer = z
  .object({
    term: termSchema.nullable(),
    occurrences: z.array(
      z.object({
        day: daySchema,
        week: z.int().nullable(),
        start: timeSchema,
        end: timeSchema,
        periodLabel: z.string().nullable(),
        insteadOf: daySchema.nullable(),
        clashes: z.array(clashSchema),
      }),
    ),
    skipped: z.array(
      z.object({ day: daySchema, reason: z.enum(['day_off', 'no_period']), name: z.string().nullable() }),
    ),
  })
  .openapi('ClassSessionPreview');
export type PreviewAnswer = z.output<typeof previewAnswer>;
