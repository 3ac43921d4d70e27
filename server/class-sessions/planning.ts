import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import type { SchoolCalendar } from '../school-days/calendar.ts';
import { findClashes } from './clash.ts';
import { presentingSchool, refuseRooms, type Slot } from './plan.ts';
import type { PreviewAnswer, PreviewInput } from './planning-schema.ts';
import { maySchedule } from './policy.ts';
import type { Expansion } from './repetition.ts';
import { listSeries } from './repository.ts';
import type { SchoolDays } from './timetable.ts';
import { expand, moved, slotOfPeriod } from './when.ts';

export interface PlanningOptions {
  db: Database;
  schoolDays: SchoolDays;
}

/** Says what a lesson or a series would be, and what stands in its way, before it is put on the timetable. */
export function createPlanning({ db, schoolDays }: PlanningOptions) {
  function occurrenceOf(calendar: SchoolCalendar, { start, end, periodLabel }: Slot) {
    const { day } = calendar.clockAt(start);
    const term = calendar.termFrom(day);
    const known = term && term.firstDay <= day ? calendar.dayOf(term, day) : null;
    const lessons = known?.lessons ? known : null;
    const week = lessons?.week ?? null;
    return { day, week, slot: 0, start, end, periodLabel, insteadOf: lessons?.insteadOf ?? null };
  }

  /** What the actor may change of what is to be changed. */
  async function changedRows(actor: AccountActor, changing: PreviewInput['changing']) {
    const rows = changing ? await listSeries(db, changing.id, changing.scope) : [];
    return rows.filter(({ alliance_id: allianceId, school_id: schoolId, presenter_id: presenterId }) =>
      maySchedule(actor, { allianceId, schoolId, presenterId }),
    );
  }

  /** The times that are asked for, and the sessions that they are for. */
  async function timesOf(actor: AccountActor, calendar: SchoolCalendar, { when, changing }: PreviewInput) {
    if (when.kind === 'weekly') return { ...expand(calendar, when, 'when'), ids: [] };
    const to: Slot =
      when.kind === 'period'
        ? slotOfPeriod(calendar, when, 'when.period')
        : { start: when.start, end: when.end, periodLabel: null };
    const rows = await changedRows(actor, changing);
    const anchor = rows.find(({ id }) => id === changing?.id);
    const slotsOf = (row: (typeof rows)[number]) => ({
      start: row.scheduled_start,
      end: row.scheduled_end,
      periodLabel: row.period_label,
      weeklySlot: row.series_slot,
    });
    const wanted =
      when.kind === 'period'
        ? { at: { day: when.day, period: when.period } }
        : { scheduledStart: when.start, scheduledEnd: when.end };
    const move = anchor && moved(calendar, slotsOf(anchor), wanted);
    const slots = move ? rows.map((row) => (row === anchor ? move.to : move.of(slotsOf(row)))) : [to];
    const occurrences = slots.map((slot) => occurrenceOf(calendar, slot));
    const none: Pick<Expansion, 'term' | 'skipped'> = { term: null, skipped: [] };
    return { ...none, occurrences, ids: rows.map(({ id }) => id) };
  }

  return {
    /**
     * Only for lessons that the actor may put on the timetable, so that nobody looks through other people's days with it.
     * @throws AppError `not_found` for a foreign alliance, `invalid_input`, `forbidden`
     */
    async preview(actor: AccountActor, input: PreviewInput): Promise<PreviewAnswer> {
      const { allianceId, roomIds } = input;
      if (actor.role !== 'admin' && !actor.allianceIds.includes(allianceId)) throw new AppError('not_found');
      const presenterId = input.presenterId ?? actor.id;
      const schoolId = await presentingSchool(db, actor, { presenterId, allianceId });
      await refuseRooms(db, { roomIds, allianceId });
      const calendar = await schoolDays.calendarOf(db, { schoolId, allianceId });
      const { term, occurrences, skipped, ids } = await timesOf(actor, calendar, input);
      const exceptIds = ids;
      const clashes = await findClashes(db, actor, { presenterId, roomIds, times: occurrences, exceptIds });
      return {
        term,
        skipped,
        occurrences: occurrences.map(({ day, week, start, end, periodLabel, insteadOf }, index) => ({
          day,
          week,
          start: start.toISOString(),
          end: end.toISOString(),
          periodLabel,
          insteadOf,
          clashes: (clashes[index] ?? []).map((clash) => ({
            ...clash,
            start: clash.start.toISOString(),
            end: clash.end.toISOString(),
          })),
        })),
      };
    },
  };
}
