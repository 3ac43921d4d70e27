import type { BellSchedule, ClassSession, Period, Term } from '../api/types.ts';
import { periodsOn } from './when.ts';

/** A lesson where it is, or where it was to be. */
export interface Entry {
  session: ClassSession;
  start: string;
  end: string;
  period: string | null;
  /** It was moved elsewhere: only its place is left here. */
  ghost: boolean;
}

/** What lies in a span of time, by time: the lessons, and the places that lessons were moved out of. */
export function entriesOf(sessions: readonly ClassSession[], from: Date, to: Date, now = Date.now()): Entry[] {
  const within = (start: string, end: string): boolean =>
    Date.parse(end) > from.getTime() && Date.parse(start) < to.getTime();
  const entries = sessions.flatMap((session): Entry[] => {
    const { scheduledStart: start, scheduledEnd: end, period, change, state } = session;
    // A cancelled lesson is shown where it was last announced, one that runs late until it ends.
    const isThere =
      within(start, end) || (state === 'live' && Date.parse(start) < to.getTime() && now > from.getTime());
    const was = change?.kind === 'moved' && within(change.from.start, change.from.end) ? change.from : null;
    return [
      ...(isThere ? [{ session, start, end, period, ghost: false }] : []),
      ...(was ? [{ session, ...was, ghost: true }] : []),
    ];
  });
  return entries.sort((a, b) => a.start.localeCompare(b.start) || a.session.id.localeCompare(b.session.id));
}

/** The day and the minute that the clocks of a zone show. */
export function clockIn(timeZone: string): (iso: string) => { day: string; minute: number } {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (iso) => {
    const [day = '', time = ''] = format.format(new Date(iso)).split(' ');
    return { day, minute: minuteOf(time) };
  };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** The place in the day of the period that a lesson shares most of its time with; -1 when it is in none. */
export function periodOf(periods: readonly Period[], from: number, to: number): number {
  const shared = periods.map(({ start, end }) => Math.min(to, minuteOf(end)) - Math.max(from, minuteOf(start)));
  const most = Math.max(0, ...shared);
  return most > 0 ? shared.indexOf(most) : -1;
}

export interface GridDay {
  day: string;
  /** Of a holiday. */
  off: string | null;
  /** The day whose lessons are given on this one. */
  insteadOf: string | null;
  /** By the place of the period in the day. */
  cells: Entry[][];
  /** Outside of all periods. */
  other: Entry[];
}

export interface WeekGridOptions {
  days: readonly string[];
  entries: readonly Entry[];
  schedules: readonly BellSchedule[];
  timeZone: string;
  terms: readonly Term[];
}

/** A week by the periods of a school. Saturday and Sunday are there when something is on them. */
export function gridOf({ days, entries, schedules, timeZone, terms }: WeekGridOptions): GridDay[] {
  const clock = clockIn(timeZone);
  const grid = days.map((day): GridDay => {
    const term = terms.find(({ firstDay, lastDay }) => day >= firstDay && day <= lastDay);
    return {
      day,
      off: term?.daysOff.find(({ from, to }) => day >= from && day <= to)?.name ?? null,
      insteadOf: term?.makeUpDays.find((one) => one.day === day)?.insteadOf ?? null,
      cells: periodsOn(schedules, day).map(() => []),
      other: [],
    };
  });
  for (const entry of entries) {
    const [from, to] = [clock(entry.start), clock(entry.end)];
    // A lesson that is still live belongs to a week that it did not begin in.
    const column = grid.find(({ day }) => day === from.day) ?? grid[0];
    if (!column) continue;
    const last = to.day === from.day ? to.minute : 24 * 60;
    const place = periodOf(periodsOn(schedules, column.day), from.minute, last);
    (column.cells[place] ?? column.other).push(entry);
  }
  const weekend = 5;
  return grid.filter(
    ({ cells, other, insteadOf }, index) =>
      index < weekend || insteadOf !== null || other.length > 0 || cells.some((cell) => cell.length > 0),
  );
}

/** The week of the term that a Monday begins; null outside of all terms. */
export function weekOfTerm(terms: readonly Term[], days: readonly string[]): number | null {
  const term = terms.find(({ firstDay, lastDay }) => days.some((day) => day >= firstDay && day <= lastDay));
  const [monday] = days;
  if (!term || !monday) return null;
  const first = new Date(`${term.firstDay}T00:00:00Z`);
  const sinceMonday = (first.getUTCDay() + 6) % 7;
  const weekMs = 7 * 86_400_000;
  return Math.round((Date.parse(monday) - (first.getTime() - sinceMonday * 86_400_000)) / weekMs) + 1;
}
