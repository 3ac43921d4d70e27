import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
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
import { maySchedule } from './policy.ts';
import {
  type ClassSessionMove,
  cancelClassSession,
  lockClassSession,
  lockSeries,
  lockTimetable,
  roomsOf,
  setRooms,
  updateClassSession,
} from './repository.ts';
import type { Cancellation, Scope, UpdateClassSession } from './schema.ts';
import type { SchoolDays } from './timetable.ts';
import { moved } from './when.ts';

/** What those who are concerned are told of a change. */
export interface ToldChange {
  kind: 'cancelled' | 'moved' | 'changed';
  classSessionId: string;
  title: string;
  reason: string | null;
  from: Slot;
  to: Slot | null;
  /** How many lessons of a series it is about. */
  count: number;
  /** Those who present, before and after. */
  presenterIds: ReadonlySet<string>;
  /** The rooms, before and after: their schools' operators are told. */
  roomIds: ReadonlySet<string>;
}

export interface ChangeOptions {
  db: Database;
  schoolDays: SchoolDays;
  readableFile: ReadableFile;
  /** Part of the transaction that it is handed. */
  tell(trx: Database, actor: AccountActor, change: ToldChange): Promise<void>;
}

type Row = NonNullable<Awaited<ReturnType<typeof lockClassSession>>>;

const slotOf = (row: Row) => ({
  start: row.scheduled_start,
  end: row.scheduled_end,
  periodLabel: row.period_label,
  weeklySlot: row.series_slot,
});

const isSame = (a: Date | null, b: Date) => a?.getTime() === b.getTime();

/** Where the session was announced for stays known, until it is there again. */
function moveOf(row: Row, to: Slot, reason: string | null): ClassSessionMove {
  const first = {
    moved_from_start: row.moved_from_start ?? row.scheduled_start,
    moved_from_end: row.moved_from_end ?? row.scheduled_end,
    moved_from_label: row.moved_from_start === null ? row.period_label : row.moved_from_label,
  };
  const isBack = isSame(first.moved_from_start, to.start) && isSame(first.moved_from_end, to.end);
  const nowhere = { moved_from_start: null, moved_from_end: null, moved_from_label: null };
  return { ...(isBack ? nowhere : first), change_reason: isBack ? null : reason, changed_at: new Date() };
}

function planOf(row: Row, rooms: readonly string[], input: UpdateClassSession): Plan {
  return {
    title: input.title ?? row.title,
    allianceId: row.alliance_id,
    presenterId: input.presenterId ?? row.presenter_id,
    roomIds: input.roomIds ?? rooms,
    nodeId: input.nodeId === undefined ? row.catalog_node_id : input.nodeId,
    slidesFileId: input.slidesFileId === undefined ? row.slides_file_id : input.slidesFileId,
    music: input.music ?? row.music,
    allowClash: input.allowClash,
  };
}

/** Changes sessions that have not begun. The caller has made sure that the actor may see the session. */
export function createChanges({ db, schoolDays, readableFile, tell }: ChangeOptions) {
  function refuseForeign(actor: AccountActor, row: Row): void {
    const rights = { allianceId: row.alliance_id, schoolId: row.school_id, presenterId: row.presenter_id };
    if (!maySchedule(actor, rights)) throw new AppError('forbidden');
  }

  /**
   * The session first, then those of its series that the change is for. Under the lock of the timetable, as two changes
   * that begin at different lessons of a series would wait for each other's.
   */
  async function lockScope(trx: Database, actor: AccountActor, id: string, scope: Scope, alreadyIn?: 'cancelled') {
    await lockTimetable(trx);
    const row = await lockClassSession(trx, id);
    if (!row) throw new AppError('not_found');
    refuseForeign(actor, row);
    if (row.state !== 'scheduled' && row.state !== alreadyIn) throw new AppError('session_not_scheduled');
    if (scope === 'one' || row.series_id === null) return { row, others: [] };
    const now = new Date();
    const from = scope === 'following' && row.scheduled_start > now ? row.scheduled_start : now;
    const others = (await lockSeries(trx, row.series_id, from)).filter((other) => other.id !== id);
    for (const other of others) refuseForeign(actor, other);
    return { row, others };
  }

  /** @returns whether a calendar shows something else now, and whether it is at another time. */
  async function change(trx: Database, actor: AccountActor, row: Row, to: Slot, input: UpdateClassSession) {
    const rooms = await roomsOf(trx, row.id);
    const plan = planOf(row, rooms, input);
    const hasMoved = !isSame(row.scheduled_start, to.start) || !isSame(row.scheduled_end, to.end);
    const hasOthers =
      plan.presenterId !== row.presenter_id || [...plan.roomIds].sort().join() !== [...rooms].sort().join();
    const schoolId = await presentingSchool(trx, actor, plan);
    // A clash that was accepted before is no reason to refuse a new title.
    const allowClash = plan.allowClash || !(hasMoved || hasOthers);
    await checkPlan(trx, actor, { ...plan, allowClash }, { slots: [to], exceptIds: [row.id] });
    const fields = { ...fieldsOf(plan, schoolId, to), ...(hasMoved && moveOf(row, to, input.reason)) };
    await updateClassSession(trx, row.id, fields, hasMoved || hasOthers || plan.title !== row.title);
    await setRooms(trx, row.id, plan.roomIds);
    await recordEvent(trx, 'class_session.changed', { actor, id: row.id });
    return { row, to, plan, rooms, hasMoved, hasOthers };
  }

  return {
    /** @throws AppError `forbidden`, `session_not_scheduled`, `invalid_input`, `conflict` */
    async update(actor: AccountActor, id: string, input: UpdateClassSession): Promise<string[]> {
      if (input.slidesFileId !== undefined) await refuseSlides(readableFile, actor, input.slidesFileId);
      return await db.transaction().execute(async (trx) => {
        const { row, others } = await lockScope(trx, actor, id, input.scope);
        const presenterId = input.presenterId ?? row.presenter_id;
        const schoolId = await presentingSchool(trx, actor, { presenterId, allianceId: row.alliance_id });
        const calendar = await schoolDays.calendarOf(trx, { schoolId, allianceId: row.alliance_id });
        const move = moved(calendar, slotOf(row), input);
        const done = [await change(trx, actor, row, move.to, input)];
        for (const other of others) done.push(await change(trx, actor, other, move.of(slotOf(other)), input));

        const told = done.filter(({ hasMoved, hasOthers }) => hasMoved || hasOthers);
        const [first] = told;
        if (first) {
          const isMove = told.some(({ hasMoved }) => hasMoved);
          await tell(trx, actor, {
            kind: isMove ? 'moved' : 'changed',
            classSessionId: first.row.id,
            title: first.plan.title,
            reason: input.reason,
            from: slotOf(first.row),
            to: isMove ? first.to : null,
            count: told.length,
            presenterIds: new Set(told.flatMap((one) => [one.row.presenter_id, one.plan.presenterId])),
            roomIds: new Set(told.flatMap((one) => [...one.rooms, ...one.plan.roomIds])),
          });
        }
        return done.map((one) => one.row.id);
      });
    },

    /**
     * Cancelling twice is cancelling once.
     * @returns the sessions that are cancelled now
     * @throws AppError `forbidden`, `session_not_scheduled`
     */
    async cancel(actor: AccountActor, id: string, { scope, reason }: Cancellation): Promise<string[]> {
      return await db.transaction().execute(async (trx) => {
        const { row, others } = await lockScope(trx, actor, id, scope, 'cancelled');
        const cancelled = [row, ...others].filter(({ state }) => state !== 'cancelled');
        const [first] = cancelled;
        if (!first) return [];
        const roomIds = new Set<string>();
        for (const one of cancelled) {
          for (const roomId of await roomsOf(trx, one.id)) roomIds.add(roomId);
          await cancelClassSession(trx, one.id, reason);
          await recordEvent(trx, 'class_session.cancelled', { actor, id: one.id });
        }
        await tell(trx, actor, {
          kind: 'cancelled',
          classSessionId: first.id,
          title: first.title,
          reason,
          from: slotOf(first),
          to: null,
          count: cancelled.length,
          presenterIds: new Set(cancelled.map((one) => one.presenter_id)),
          roomIds,
        });
        return cancelled.map((one) => one.id);
      });
    },
  };
}
