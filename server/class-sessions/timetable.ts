import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import type { SchoolCalendar } from '../school-days/calendar.ts';
import { recordEvent } from '../trail/trail.ts';
import {
  checkPlan,
  fieldsOf,
  type Plan,
  presentingSchool,
  type ReadableFile,
  refuseSlides,
  type Slot,
} from './plan.ts';
import type { CreateSeries } from './planning-schema.ts';
import { insertClassSessions, insertSeries, lockTimetable } from './repository.ts';
import type { CreateClassSession } from './schema.ts';
import { expand, slotOfPeriod } from './when.ts';

/** How the presenter's school counts its days and hours. Part of the transaction that it is handed. */
export interface SchoolDays {
  calendarOf(db: Database, school: { schoolId: string; allianceId: string }): Promise<SchoolCalendar>;
}

export interface TimetableOptions {
  db: Database;
  schoolDays: SchoolDays;
  readableFile: ReadableFile;
}

type Wish = Omit<CreateClassSession, 'presenterId'> | Omit<CreateSeries, 'presenterId'>;

const planOf = (wish: Wish, presenterId: string): Plan => ({
  title: wish.title,
  allianceId: wish.allianceId,
  presenterId,
  roomIds: wish.roomIds,
  nodeId: wish.nodeId,
  slidesFileId: wish.slidesFileId,
  music: wish.music,
  allowClash: wish.allowClash,
});

/** Puts sessions on the timetable. */
export function createTimetable({ db, schoolDays, readableFile }: TimetableOptions) {
  function refuseForeign(actor: AccountActor, allianceId: string): void {
    if (actor.role !== 'admin' && !actor.allianceIds.includes(allianceId)) throw new AppError('not_found');
  }

  return {
    /** @throws AppError `not_found` for a foreign alliance, `invalid_input`, `forbidden`, `conflict` */
    async create(actor: AccountActor, input: CreateClassSession): Promise<string> {
      refuseForeign(actor, input.allianceId);
      const plan = planOf(input, input.presenterId ?? actor.id);
      await refuseSlides(readableFile, actor, plan.slidesFileId);
      return await db.transaction().execute(async (trx) => {
        await lockTimetable(trx);
        const schoolId = await presentingSchool(trx, actor, plan);
        const slot = await slotOf(trx, input, schoolId);
        await checkPlan(trx, actor, plan, { slots: [slot], exceptIds: [] });
        const [id = ''] = await insertClassSessions(trx, [fieldsOf(plan, schoolId, slot)], plan.roomIds);
        await recordEvent(trx, 'class_session.created', { actor, id });
        return id;
      });
    },

    /**
     * All lessons of a series or none.
     * @returns the series and its lessons, by time
     * @throws AppError as `create`
     */
    async createSeries(actor: AccountActor, input: CreateSeries): Promise<{ id: string; sessionIds: string[] }> {
      refuseForeign(actor, input.allianceId);
      const plan = planOf(input, input.presenterId ?? actor.id);
      await refuseSlides(readableFile, actor, plan.slidesFileId);
      return await db.transaction().execute(async (trx) => {
        await lockTimetable(trx);
        const schoolId = await presentingSchool(trx, actor, plan);
        const calendar = await schoolDays.calendarOf(trx, { schoolId, allianceId: plan.allianceId });
        const left = new Set(input.skip.map((start) => start.getTime()));
        const slots = expand(calendar, input.repetition, 'repetition').occurrences.filter(
          ({ start }) => !left.has(start.getTime()),
        );
        if (slots.length === 0) {
          throw new AppError('invalid_input', { errors: [{ path: 'skip', message: 'leaves no lesson' }] });
        }
        await checkPlan(trx, actor, plan, { slots, exceptIds: [] });
        const id = await insertSeries(trx, input.repetition);
        const rows = slots.map((slot) => ({
          ...fieldsOf(plan, schoolId, slot),
          series_id: id,
          series_slot: slot.slot,
        }));
        const sessionIds = await insertClassSessions(trx, rows, plan.roomIds);
        const { title } = plan;
        for (const one of sessionIds)
          await recordEvent(trx, 'class_session.created', { actor, id: one, title, schoolId });
        return { id, sessionIds };
      });
    },
  };

  async function slotOf(trx: Database, input: CreateClassSession, schoolId: string): Promise<Slot> {
    if (input.at) {
      return slotOfPeriod(await schoolDays.calendarOf(trx, { schoolId, allianceId: input.allianceId }), input.at);
    }
    const { scheduledStart: start, scheduledEnd: end } = input;
    if (!start || !end) throw new AppError('invalid_input');
    return { start, end, periodLabel: null };
  }
}
