import type { PreviewInput } from '../api/timetable.ts';
import type { BellSchedule, Period, Repetition } from '../api/types.ts';
import { instantOf } from '../classroom/week.ts';
import { wholeNumber } from '../format/whole-number.ts';

export type WhenMode = 'period' | 'clock' | 'weekly';

/** What the form knows of a lesson's time, as its controls have it. */
export interface WhenChoice {
  mode: WhenMode;
  day: string;
  /** From 1; empty: none is chosen. */
  period: string;
  start: string;
  end: string;
  /** `1-3`: Monday, third period. Without bell times just the weekday, `1`. */
  slots: string[];
  weeks: Repetition['weeks'];
  until: Repetition['until']['kind'];
  count: string;
  untilDay: string;
}

const dayMs = 24 * 60 * 60_000;
const longestOverMidnightMs = 3 * 60 * 60_000;

/** The instants that the clock's fields name, in this browser's zone. */
export function clockTimes({ day, start, end }: WhenChoice): { start: Date; end: Date } {
  const startAt = instantOf(day, start);
  const sameDay = instantOf(day, end);
  const nextDay = new Date(sameDay.getTime() + dayMs);
  // A lesson late in the evening may end after midnight; a longer one is rather a slip of the pen.
  const overMidnight = sameDay <= startAt && nextDay.getTime() - startAt.getTime() <= longestOverMidnightMs;
  return { start: startAt, end: overMidnight ? nextDay : sameDay };
}

/** The periods of that day: of the schedule in its season, else of the whole year's. */
export function periodsOn(schedules: readonly BellSchedule[], day: string): readonly Period[] {
  const yearDay = day.slice(5);
  const inSeason = schedules.find(({ season }) => {
    if (!season) return false;
    const { from, to } = season;
    return from <= to ? yearDay >= from && yearDay <= to : yearDay >= from || yearDay <= to;
  });
  return (inSeason ?? schedules.find(({ season }) => season === null))?.periods ?? [];
}

export const countOf = (text: string): number | null => {
  const count = wholeNumber(text, 3);
  return count >= 1 && count <= 200 ? count : null;
};

/** Null while something is missing. */
export function repetitionOf(choice: WhenChoice): Repetition | null {
  const { day: from, slots, weeks, start, end } = choice;
  if (!from || slots.length === 0) return null;
  const chosen = slots.map((slot) => {
    const [weekday = 0, period] = slot.split('-').map(Number);
    return period === undefined ? { weekday, start, end } : { weekday, period };
  });
  if (chosen.some((slot) => 'period' in slot === false) && !(end > start)) return null;
  const count = countOf(choice.count);
  if (choice.until === 'count')
    return count === null ? null : { from, slots: chosen, weeks, until: { kind: 'count', count } };
  if (choice.until === 'term') return { from, slots: chosen, weeks, until: { kind: 'term' } };
  if (!choice.untilDay) return null;
  return { from, slots: chosen, weeks, until: { kind: 'day', day: choice.untilDay } };
}

/** What the server can be asked about; null while something is missing. */
export function whenOf(choice: WhenChoice, clock = clockTimes(choice)): PreviewInput['when'] | null {
  if (choice.mode === 'weekly') {
    const repetition = repetitionOf(choice);
    return repetition && { kind: 'weekly', ...repetition };
  }
  if (choice.mode === 'period') {
    const period = Number(choice.period);
    return choice.day && period > 0 ? { kind: 'period', day: choice.day, period } : null;
  }
  const { start, end } = clock;
  if (!(end > start)) return null;
  return { kind: 'times', start: start.toISOString(), end: end.toISOString() };
}
