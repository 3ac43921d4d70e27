import type { Database } from '../database/database.ts';
import { AppError, type FieldError } from '../errors.ts';
import { formatOfMediaType } from '../files/policy.ts';
import type { AccountActor, Actor } from '../http/route.ts';
import { refuseClash } from './clash.ts';
import { maySchedule } from './policy.ts';
import {
  findPresenter,
  insertClassSession,
  lockClassSession,
  lockTimetable,
  nodeExists,
  roomsInAlliance,
  setRooms,
  updateClassSession,
} from './repository.ts';
import type { CreateClassSession, UpdateClassSession } from './schema.ts';

const longestMs = 12 * 60 * 60 * 1000;

/** What can be shown page by page while teaching: every document that gets images of its pages. */
function hasPages(mediaType: string): boolean {
  const preview = formatOfMediaType(mediaType)?.preview;
  return preview === 'office' || preview === 'pdf';
}

export interface TimetableOptions {
  db: Database;
  /** The media type of a file that the actor may read, else null. */
  readableFile(actor: Actor, fileId: string): Promise<{ mediaType: string } | null>;
}

type Plan = Omit<CreateClassSession, 'presenterId'> & { presenterId: string };

/** Puts sessions on the timetable and changes them. The caller has made sure that the actor may see the session. */
export function createTimetable({ db, readableFile }: TimetableOptions) {
  async function refuseSlides(actor: Actor, fileId: string | null): Promise<void> {
    if (fileId === null) return;
    const file = await readableFile(actor, fileId);
    if (file && hasPages(file.mediaType)) return;
    throw new AppError('invalid_input', {
      errors: [{ path: 'slidesFileId', message: 'is not courseware that you may read' }],
    });
  }

  /** Checks a plan as a whole and says which school presents it. */
  async function check(trx: Database, actor: AccountActor, plan: Plan, id: string | null): Promise<string> {
    const errors: FieldError[] = [];
    const lastsMs = plan.scheduledEnd.getTime() - plan.scheduledStart.getTime();
    if (lastsMs <= 0) errors.push({ path: 'scheduledEnd', message: 'is not after the start' });
    if (lastsMs > longestMs) errors.push({ path: 'scheduledEnd', message: 'is more than 12 hours after the start' });
    const presenter = await findPresenter(trx, plan.presenterId, plan.allianceId);
    if (!presenter) errors.push({ path: 'presenterId', message: 'is nobody who can present in this alliance' });
    const known = await roomsInAlliance(trx, plan.roomIds, plan.allianceId);
    plan.roomIds.forEach((roomId, index) => {
      if (!known.has(roomId)) errors.push({ path: `roomIds.${index}`, message: 'is not a room of this alliance' });
    });
    if (plan.nodeId !== null && !(await nodeExists(trx, plan.nodeId))) {
      errors.push({ path: 'nodeId', message: 'is not in the catalog' });
    }
    if (errors.length > 0 || !presenter) throw new AppError('invalid_input', { errors });
    const schoolId = presenter.school_id;
    if (!maySchedule(actor, { allianceId: plan.allianceId, presenterId: plan.presenterId, schoolId })) {
      throw new AppError('forbidden');
    }
    if (!plan.allowClash) {
      await refuseClash(trx, actor, {
        id,
        presenterId: plan.presenterId,
        roomIds: plan.roomIds,
        start: plan.scheduledStart,
        end: plan.scheduledEnd,
      });
    }
    return schoolId;
  }

  const fieldsOf = (plan: Plan, schoolId: string) => ({
    alliance_id: plan.allianceId,
    school_id: schoolId,
    presenter_id: plan.presenterId,
    title: plan.title,
    catalog_node_id: plan.nodeId,
    slides_file_id: plan.slidesFileId,
    music: plan.music,
    scheduled_start: plan.scheduledStart,
    scheduled_end: plan.scheduledEnd,
  });

  return {
    /** @throws AppError `not_found` for a foreign alliance, `invalid_input`, `forbidden`, `conflict` */
    async create(actor: AccountActor, input: CreateClassSession): Promise<string> {
      if (actor.role !== 'admin' && !actor.allianceIds.includes(input.allianceId)) throw new AppError('not_found');
      const plan: Plan = { ...input, presenterId: input.presenterId ?? actor.id };
      await refuseSlides(actor, plan.slidesFileId);
      return await db.transaction().execute(async (trx) => {
        await lockTimetable(trx);
        const schoolId = await check(trx, actor, plan, null);
        const id = await insertClassSession(trx, fieldsOf(plan, schoolId));
        await setRooms(trx, id, plan.roomIds);
        return id;
      });
    },

    /** @throws AppError `forbidden`, `session_not_scheduled`, `invalid_input`, `conflict` */
    async update(actor: AccountActor, id: string, input: UpdateClassSession): Promise<void> {
      if (input.slidesFileId !== undefined) await refuseSlides(actor, input.slidesFileId);
      await db.transaction().execute(async (trx) => {
        await lockTimetable(trx);
        const row = await lockForChange(trx, actor, id);
        const rooms = await trx
          .selectFrom('class_session_room')
          .select('room_id')
          .where('class_session_id', '=', id)
          .execute();
        const plan: Plan = {
          title: input.title ?? row.title,
          allianceId: row.alliance_id,
          presenterId: input.presenterId ?? row.presenter_id,
          roomIds: input.roomIds ?? rooms.map((room) => room.room_id),
          scheduledStart: input.scheduledStart ?? row.scheduled_start,
          scheduledEnd: input.scheduledEnd ?? row.scheduled_end,
          nodeId: input.nodeId === undefined ? row.catalog_node_id : input.nodeId,
          slidesFileId: input.slidesFileId === undefined ? row.slides_file_id : input.slidesFileId,
          music: input.music ?? row.music,
          allowClash: input.allowClash,
        };
        const rebooked = [input.presenterId, input.roomIds, input.scheduledStart, input.scheduledEnd].some(
          (value) => value !== undefined,
        );
        // A clash that was accepted before is no reason to refuse a new title.
        const schoolId = await check(trx, actor, { ...plan, allowClash: plan.allowClash || !rebooked }, id);
        await updateClassSession(trx, id, fieldsOf(plan, schoolId));
        await setRooms(trx, id, plan.roomIds);
      });
    },

    /** Cancelling twice is cancelling once. @throws AppError `forbidden`, `session_not_scheduled` */
    async cancel(actor: AccountActor, id: string): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const row = await lockForChange(trx, actor, id, 'cancelled');
        if (row.state === 'cancelled') return;
        await trx.updateTable('class_session').set({ state: 'cancelled' }).where('id', '=', id).execute();
      });
    },
  };
}

async function lockForChange(trx: Database, actor: AccountActor, id: string, alreadyIn?: 'cancelled') {
  const row = await lockClassSession(trx, id);
  if (!row) throw new AppError('not_found');
  const rights = { allianceId: row.alliance_id, schoolId: row.school_id, presenterId: row.presenter_id };
  if (!maySchedule(actor, rights)) throw new AppError('forbidden');
  if (row.state !== 'scheduled' && row.state !== alreadyIn) throw new AppError('session_not_scheduled');
  return row;
}
