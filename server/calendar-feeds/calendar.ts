import ical, { ICalEventStatus } from 'ical-generator';
import { DateTime } from 'luxon';
import { tzlib_get_ical_block } from 'timezones-ical-library';
import type { CalendarEntry } from './schema.ts';

/** The VTIMEZONE of a zone (RFC 5545 §3.6.5). */
function timeZoneBlock(zone: string): string | null {
  const block = tzlib_get_ical_block(zone);
  return (Array.isArray(block) ? block[0] : block) || null;
}

/** How often calendars are asked to come back; most come when they like. */
const everyMinutes = 60;

/**
 * Lessons as an iCalendar object (RFC 5545). The same lessons make the same text, letter for letter, so that a tag made of
 * it says whether anything has changed.
 *
 * @param linkTo the page of a lesson, where the server's address is known
 */
export function writeCalendar(
  name: string,
  entries: readonly CalendarEntry[],
  linkTo: (id: string) => string | null,
): string {
  const calendar = ical({
    name,
    prodId: { company: 'tongke', product: 'timetable', language: 'ZH' },
    ttl: everyMinutes * 60,
    // Each lesson names its own zone. One of the whole calendar would be written into DTSTAMP, which has to be UTC (§3.8.7.2).
    timezone: { name: null, generator: timeZoneBlock },
  });
  for (const entry of entries) {
    const local = (date: Date) => DateTime.fromJSDate(date, { zone: entry.timeZone });
    calendar.createEvent({
      id: `class-session-${entry.id}@tongke`,
      sequence: entry.sequence,
      start: local(entry.start),
      end: local(entry.end),
      timezone: entry.timeZone,
      stamp: entry.updatedAt,
      created: entry.createdAt,
      lastModified: entry.updatedAt,
      summary: entry.title,
      location: entry.rooms.join('、'),
      description: [entry.period, entry.presenter, entry.reason].filter((line) => line !== null).join('\n'),
      url: linkTo(entry.id),
      status: entry.cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    });
  }
  return calendar.toString();
}
