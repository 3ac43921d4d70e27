import type { SchoolCalendar } from '../school-days/calendar.ts';
import type { Term } from '../school-days/schema.ts';
import { addDays, weekdayOf } from '../school-time.ts';
import type { Repetition, WeeklySlot } from './planning-schema.ts';
import type { PeriodOfDay } from './schema.ts';

/** One lesson that a repetition makes. */
export interface Occurrence {
  day: string;
  /** Of the term, from 1; null without a term. */
  week: number | null;
  /** Which of the weekly times it is. */
  slot: number;
  start: Date;
  end: Date;
  periodLabel: string | null;
  /** The day off whose lessons are given on this one. */
  insteadOf: string | null;
}

/** A day on which there would have been a lesson. */
export interface SkippedDay {
  day: string;
  reason: 'day_off' | 'no_period';
  /** Of the holiday. */
  name: string | null;
}

export interface Expansion {
  term: Term | null;
  occurrences: Occurrence[];
  skipped: SkippedDay[];
}

/** What a repetition cannot be made of. */
export class RepetitionFault extends Error {
  override readonly name = 'RepetitionFault';
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** More than a lesson each school day of a term. */
export const mostOccurrences = 200;
const mostDays = 400;

/** When a period of a day is; null where that day has fewer. */
export function timeOfPeriod(calendar: SchoolCalendar, { day, period }: PeriodOfDay) {
  const found = calendar.periodsOn(day)[period - 1];
  if (found === undefined) return null;
  const { start, end, label } = found;
  return { start: calendar.instantAt(day, start), end: calendar.instantAt(day, end), periodLabel: label };
}

function timeOf(calendar: SchoolCalendar, day: string, slot: WeeklySlot) {
  if ('period' in slot) return timeOfPeriod(calendar, { day, period: slot.period });
  return { start: calendar.instantAt(day, slot.start), end: calendar.instantAt(day, slot.end), periodLabel: null };
}

function refuseOverlap(occurrences: readonly Occurrence[]): void {
  let before: Occurrence | undefined;
  for (const one of occurrences) {
    if (before && one.start < before.end) throw new RepetitionFault('slots', 'overlap each other');
    before = one;
  }
}

/**
 * The lessons of a repetition, by time: on the chosen weekdays of the term, not on days off, and on make-up days as on the
 * day that they stand for. What would have begun before `now` is left out.
 * @throws RepetitionFault
 */
export function expandRepetition(calendar: SchoolCalendar, repetition: Repetition, now: Date): Expansion {
  const { slots, weeks, until } = repetition;
  const term = calendar.termFrom(repetition.from);
  if (term === null && weeks !== 'all') throw new RepetitionFault('weeks', 'are counted by a term, and there is none');
  if (term === null && until.kind === 'term') throw new RepetitionFault('until', 'there is no term');
  const first = term !== null && term.firstDay > repetition.from ? term.firstDay : repetition.from;
  const lastDays = [term?.lastDay, until.kind === 'day' ? until.day : undefined].filter((day) => day !== undefined);
  const last = lastDays.sort()[0] ?? '9999-12-31';
  const most = until.kind === 'count' ? until.count : mostOccurrences + 1;

  const occurrences: Occurrence[] = [];
  const skipped: SkippedDay[] = [];
  for (let day = first, days = 0; day <= last && days < mostDays; day = addDays(day, 1), days += 1) {
    const known = term && calendar.dayOf(term, day);
    if (known?.lessons === false) {
      // Whether its week would have counted does not matter to whoever looks for the holidays.
      if (slots.some(({ weekday }) => weekday === weekdayOf(day))) {
        skipped.push({ day, reason: 'day_off', name: known.name });
      }
      continue;
    }
    const week = known?.week ?? null;
    if (week !== null && weeks !== 'all' && (week % 2 === 1) !== (weeks === 'odd')) continue;
    const weekday = known?.weekday ?? weekdayOf(day);
    const ofDay: Occurrence[] = [];
    slots.forEach((slot, index) => {
      if (slot.weekday !== weekday) return;
      const time = timeOf(calendar, day, slot);
      if (time === null) skipped.push({ day, reason: 'no_period', name: null });
      else if (time.start >= now) ofDay.push({ day, week, slot: index, ...time, insteadOf: known?.insteadOf ?? null });
    });
    ofDay.sort((a, b) => a.start.getTime() - b.start.getTime());
    occurrences.push(...ofDay.slice(0, most - occurrences.length));
    if (occurrences.length >= most) {
      if (until.kind === 'count') break;
      throw new RepetitionFault('until', `makes more than ${mostOccurrences} lessons`);
    }
  }
  if (occurrences.length === 0) throw new RepetitionFault('slots', 'make no lesson');
  refuseOverlap(occurrences);
  return { term, occurrences, skipped };
}
