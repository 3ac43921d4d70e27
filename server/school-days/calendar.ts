import { DateTime } from 'luxon';
import { utcDay, weekdayOf } from '../school-time.ts';
import type { BellSchedule, BellTimes, Period, Term } from './schema.ts';

/** What a day of a term is: one of lessons, of which weekday and week, or one off. */
export type DayOfTerm =
  | { lessons: true; weekday: number; week: number; insteadOf: string | null }
  | { lessons: false; name: string };

/** How a school counts days and hours, and its alliance terms. Weekdays are 1 for Monday to 7. */
export interface SchoolCalendar {
  timeZone: string;
  /** The term that the day lies in, else the one that begins next. */
  termFrom(day: string): Term | null;
  dayOf(term: Term, day: string): DayOfTerm;
  /** The periods of that day, in their order; empty where the school has none. */
  periodsOn(day: string): readonly Period[];
  instantAt(day: string, time: string): Date;
  /** The day and the time that the school's clocks show. */
  clockAt(instant: Date): { day: string; time: string };
}

const inSeason = ({ from, to }: { from: string; to: string }, yearDay: string) =>
  from <= to ? yearDay >= from && yearDay <= to : yearDay >= from || yearDay <= to;

/** The schedule that holds on a day: one in its season before the one of the whole year. */
export function scheduleOn(schedules: readonly BellSchedule[], day: string): BellSchedule | undefined {
  const yearDay = day.slice('YYYY-'.length);
  const seasonal = schedules.find(({ season }) => season !== null && inSeason(season, yearDay));
  return seasonal ?? schedules.find(({ season }) => season === null);
}

/** The first week of a term is the one, from Monday to Sunday, that its first day lies in. */
export function weekOf(term: Term, day: string): number {
  const firstMonday = utcDay(term.firstDay).startOf('week');
  return Math.floor(utcDay(day).diff(firstMonday, 'weeks').weeks) + 1;
}

export function dayOfTerm(term: Term, day: string): DayOfTerm {
  const off = term.daysOff.find(({ from, to }) => day >= from && day <= to);
  if (off !== undefined) return { lessons: false, name: off.name };
  const insteadOf = term.makeUpDays.find((one) => one.day === day)?.insteadOf ?? null;
  const given = insteadOf ?? day;
  return { lessons: true, weekday: weekdayOf(given), week: weekOf(term, given), insteadOf };
}

/** `terms` by their first day. */
export function createSchoolCalendar({ timeZone, schedules }: BellTimes, terms: readonly Term[]): SchoolCalendar {
  return {
    timeZone,
    termFrom: (day) => terms.find(({ lastDay }) => lastDay >= day) ?? null,
    dayOf: dayOfTerm,
    periodsOn: (day) => scheduleOn(schedules, day)?.periods ?? [],
    instantAt: (day, time) => DateTime.fromISO(`${day}T${time}`, { zone: timeZone }).toJSDate(),
    clockAt(instant) {
      const local = DateTime.fromJSDate(instant, { zone: timeZone });
      return { day: local.toFormat('yyyy-MM-dd'), time: local.toFormat('HH:mm') };
    },
  };
}
