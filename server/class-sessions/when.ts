import { AppError } from '../errors.ts';
import type { SchoolCalendar } from '../school-days/calendar.ts';
import type { Slot } from './plan.ts';
import type { Repetition } from './planning-schema.ts';
import { type Expansion, expandRepetition, RepetitionFault, timeOfPeriod } from './repetition.ts';
import type { PeriodOfDay } from './schema.ts';

const fault = (path: string, message: string, cause?: unknown) =>
  new AppError('invalid_input', { cause, errors: [{ path, message }] });

/** @throws AppError `invalid_input` where that day has no such period. */
export function slotOfPeriod(calendar: SchoolCalendar, at: PeriodOfDay, path = 'at.period'): Slot {
  const slot = timeOfPeriod(calendar, at);
  if (slot === null) throw fault(path, 'is not in the bell times of that day');
  return slot;
}

/** @throws AppError `invalid_input` for a repetition that makes no lessons. */
export function expand(calendar: SchoolCalendar, repetition: Repetition, path: string): Expansion {
  try {
    return expandRepetition(calendar, repetition, new Date());
  } catch (error) {
    if (error instanceof RepetitionFault) throw fault(`${path}.${error.path}`, error.message, error);
    throw error;
  }
}

/** A time as a change asks for it. */
export interface WantedTime {
  scheduledStart?: Date | undefined;
  scheduledEnd?: Date | undefined;
  at?: PeriodOfDay | undefined;
}

const same = (a: Slot, b: Slot) => a.start.getTime() === b.start.getTime() && a.end.getTime() === b.end.getTime();

/**
 * Where the lessons of a series go when one of them, `anchor`, is moved: those of the same weekly time, on their own days,
 * each at the hour of its day's clocks. Lessons that were moved by themselves before stay where they are.
 * @throws AppError `invalid_input` for another day with more than one lesson, or a period that a day does not have
 */
export function moved(
  calendar: SchoolCalendar,
  anchor: Slot & { weeklySlot: number | null },
  wanted: WantedTime,
): { to: Slot; of(other: Slot & { weeklySlot: number | null }): Slot } {
  const to = wanted.at
    ? slotOfPeriod(calendar, wanted.at)
    : { start: wanted.scheduledStart ?? anchor.start, end: wanted.scheduledEnd ?? anchor.end, periodLabel: null };
  const stays = same(to, anchor);
  // The same time, told by the clock: it is still that period.
  if (stays && !wanted.at) to.periodLabel = anchor.periodLabel;
  const [before, after] = [calendar.clockAt(anchor.start), calendar.clockAt(to.start)];
  return {
    to,
    of(other) {
      const clock = calendar.clockAt(other.start);
      if (stays || other.weeklySlot !== anchor.weeklySlot || clock.time !== before.time) return other;
      if (after.day !== before.day) throw fault('scope', 'cannot move several lessons to another day');
      if (wanted.at) return slotOfPeriod(calendar, { day: clock.day, period: wanted.at.period });
      const start = calendar.instantAt(clock.day, after.time);
      return { start, end: new Date(start.getTime() + to.end.getTime() - to.start.getTime()), periodLabel: null };
    },
  };
}
