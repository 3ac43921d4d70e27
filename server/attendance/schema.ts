import { z } from '@hono/zod-openapi';
import { idSchema, namedSchema, timeSchema } from '../http/page.ts';
import { schoolDay } from '../school-time.ts';

const share = z.number().min(0).max(1);

export const attendanceSchema = z
  .object({
    startedAt: timeSchema,
    /** Null while the lesson goes on. */
    endedAt: timeSchema.nullable(),
    rooms: z.array(
      namedSchema.extend({
        school: namedSchema,
        /** When its device was in the lesson. */
        connected: z.array(z.object({ from: timeSchema, to: timeSchema })),
        connectedMs: z.int(),
        /** Of the length of the lesson. */
        connectedShare: share.nullable(),
        /** Of the sound, what was really received; null when the room told nothing of it. */
        receivedShare: share.nullable(),
        /** As it was confirmed last; null when nobody did. */
        headCount: z.int().nullable(),
        /** Minutes connected × share received × heads; null while a part of it is unknown. */
        personMinutes: z.number().nullable(),
        /** Whether the one who asks may say how many were there. */
        mayCount: z.boolean(),
      }),
    ),
  })
  .openapi('Attendance');
export type Attendance = z.output<typeof attendanceSchema>;

export const headCountSchema = z.object({ headCount: z.int().min(0).max(500) }).openapi('HeadCount');

const dayMs = 86_400_000;
const day = z.iso.date();
/** A day as the schools count it, so many days from now. */
const dayFromNow = (days: number) => schoolDay(new Date(Date.now() + days * dayMs));
export const periodQuery = z
  .object({
    from: day
      .default(() => dayFromNow(-30))
      .openapi({ type: 'string', format: 'date', description: 'The first day. Default: 30 days ago.' }),
    to: day
      .default(() => dayFromNow(0))
      .openapi({ type: 'string', format: 'date', description: 'The last day. Default: today.' }),
  })
  .refine(({ from, to }) => from <= to, { error: 'ends before it begins', path: ['to'] })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= 400 * dayMs, {
    error: 'is longer than 400 days',
    path: ['to'],
  });
export type Period = z.output<typeof periodQuery>;

export const attendanceParams = z.object({ id: idSchema });
export const roomParams = z.object({ id: idSchema, roomId: idSchema });
