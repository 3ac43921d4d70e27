import { z } from '@hono/zod-openapi';
import { idSchema, listOf } from '../http/page.ts';

/** A calendar day, as `2026-09-01`. */
export const daySchema = z.iso.date().openapi({ example: '2026-09-01' });
/** A time on the school's clocks, as `08:05`. */
export const clockTimeSchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/)
  .openapi({ example: '08:05' });
/** A day of every year, as `05-01`. */
const yearDaySchema = z
  .string()
  .regex(/^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/)
  .openapi({ example: '05-01' });
const name = z.string().trim().min(1).max(40);

export const periodSchema = z.object({ label: name.max(20), start: clockTimeSchema, end: clockTimeSchema });
export type Period = z.output<typeof periodSchema>;

export const bellScheduleSchema = z
  .object({
    name,
    /** Null: the one that holds all year, but in the seasons of the others. */
    season: z.object({ from: yearDaySchema, to: yearDaySchema }).nullable(),
    periods: z
      .array(periodSchema)
      .min(1)
      .max(20)
      .superRefine((periods, context) => {
        periods.forEach(({ start, end }, index) => {
          const before = periods[index - 1]?.end ?? '00:00';
          if (start < before) context.addIssue({ code: 'custom', path: [index, 'start'], message: 'begins too early' });
          if (end <= start)
            context.addIssue({ code: 'custom', path: [index, 'end'], message: 'is not after the start' });
        });
      }),
  })
  .openapi('BellSchedule');
export type BellSchedule = z.output<typeof bellScheduleSchema>;

const zones = new Set(Intl.supportedValuesOf('timeZone'));

export const bellTimesSchema = z
  .object({
    timeZone: z
      .string()
      .refine((zone) => zones.has(zone), { error: 'is no time zone' })
      .openapi({ example: 'Asia/Shanghai' }),
    /** Empty: lessons are planned by the clock. Else one without a season, and any number with one. */
    schedules: z
      .array(bellScheduleSchema)
      .max(6)
      .refine((all) => all.length === 0 || all.filter(({ season }) => season === null).length === 1, {
        error: 'needs exactly one without a season',
      }),
  })
  .openapi('BellTimes');
export type BellTimes = z.output<typeof bellTimesSchema>;

const dayMs = 24 * 60 * 60 * 1000;
const longestTermDays = 250;

export const termInputSchema = z
  .object({
    kind: z.enum(['autumn', 'spring']),
    name,
    firstDay: daySchema,
    lastDay: daySchema,
    daysOff: z.array(z.object({ from: daySchema, to: daySchema, name })).max(60),
    /** A day on which the lessons of a day off are given instead. */
    makeUpDays: z.array(z.object({ day: daySchema, insteadOf: daySchema })).max(60),
  })
  .superRefine(({ firstDay, lastDay, daysOff, makeUpDays }, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const within = (day: string) => day >= firstDay && day <= lastDay;
    const isOff = (day: string) => daysOff.some(({ from, to }) => day >= from && day <= to);
    const lastsDays = (Date.parse(lastDay) - Date.parse(firstDay)) / dayMs;
    if (lastsDays < 0 || lastsDays > longestTermDays) fault(['lastDay'], 'is before the first day, or too far from it');
    daysOff.forEach(({ from, to }, index) => {
      if (to < from || !within(from) || !within(to)) fault(['daysOff', index], 'does not lie within the term');
    });
    makeUpDays.forEach(({ day, insteadOf }, index) => {
      if (!within(day) || isOff(day)) fault(['makeUpDays', index, 'day'], 'is no day on which there can be lessons');
      if (!isOff(insteadOf)) fault(['makeUpDays', index, 'insteadOf'], 'is not a day off');
      if (makeUpDays.findIndex((other) => other.day === day) < index)
        fault(['makeUpDays', index, 'day'], 'is told twice');
    });
  })
  .openapi('TermInput');
export type TermInput = z.output<typeof termInputSchema>;

export const termSchema = z
  .object({
    id: idSchema,
    allianceId: idSchema,
    kind: z.enum(['autumn', 'spring']),
    name: z.string(),
    firstDay: daySchema,
    lastDay: daySchema,
    daysOff: z.array(z.object({ from: daySchema, to: daySchema, name: z.string() })),
    makeUpDays: z.array(z.object({ day: daySchema, insteadOf: daySchema })),
  })
  .openapi('Term');
export type Term = z.output<typeof termSchema>;

export const termList = listOf(termSchema).extend({
  /** Whether the reader may change them. */
  mayKeep: z.boolean(),
});
export type TermList = z.output<typeof termList>;
export const bellTimesAnswer = bellTimesSchema.extend({ mayKeep: z.boolean() });
export type BellTimesAnswer = z.output<typeof bellTimesAnswer>;
