import { DateTime } from 'luxon';

/** All schools of the country keep one time, wherever the server's clock stands. */
export const schoolTimeZone = 'Asia/Shanghai';

const dayClock = new Intl.DateTimeFormat('sv-SE', { timeZone: schoolTimeZone, dateStyle: 'short' });

/** The day that it is at the schools then, such as `2026-11-26`. */
export function schoolDay(at: Date): string {
  return dayClock.format(at);
}

/** When such a day begins at the schools: their zone has no summer time. */
export function startOfSchoolDay(day: string): Date {
  return new Date(`${day}T00:00:00+08:00`);
}

/** Days are counted in UTC: they are days of a calendar, and every one of them has 24 hours there. */
export const utcDay = (day: string): DateTime => DateTime.fromISO(day, { zone: 'utc' });
/** 1 for Monday to 7. */
export const weekdayOf = (day: string): number => utcDay(day).weekday;
export const addDays = (day: string, days: number): string => utcDay(day).plus({ days }).toISODate() ?? day;
