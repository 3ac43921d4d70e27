import { z } from '@hono/zod-openapi';
import { timeSchema } from '../http/page.ts';

/** Whether there is a feed; its address is not kept, and so not told again. */
export const feedAnswer = z.object({ createdAt: timeSchema.nullable() }).openapi('CalendarFeed');
export type Feed = z.output<typeof feedAnswer>;

export const newFeedAnswer = z
  .object({
    /** Shown once. Whoever knows it reads the feed, so that it is a key. */
    path: z.string().openapi({ example: '/calendar/1f0c….ics' }),
    /** The same with the address under which other machines reach this server; null where it is known to none. */
    url: z.string().nullable(),
    createdAt: timeSchema,
  })
  .openapi('NewCalendarFeed');
export type NewFeed = z.output<typeof newFeedAnswer>;

/** One lesson as a calendar has it. */
export interface CalendarEntry {
  id: string;
  title: string;
  start: Date;
  end: Date;
  /** IANA name. */
  timeZone: string;
  period: string | null;
  presenter: string;
  rooms: readonly string[];
  cancelled: boolean;
  /** Why it was moved or cancelled. */
  reason: string | null;
  sequence: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Whose lessons a feed holds. */
export type FeedOwner = { accountId: string } | { roomId: string };
