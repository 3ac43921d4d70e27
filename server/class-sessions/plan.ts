import { roomsInAlliance } from '../database/alliance-rooms.ts';
import type { Database } from '../database/database.ts';
import { AppError, type FieldError } from '../errors.ts';
import { formatOfMediaType } from '../files/policy.ts';
import type { AccountActor, Actor } from '../http/route.ts';
import { refuseClash } from './clash.ts';
import { maySchedule } from './policy.ts';
import { type ClassSessionFields, findPresenter, holdFile, nodeExists } from './repository.ts';

/** What a lesson is, whenever it is. */
export interface Plan {
  title: string;
  allianceId: string;
  presenterId: string;
  roomIds: readonly string[];
  nodeId: string | null;
  slidesFileId: string | null;
  music: boolean;
  allowClash: boolean;
}

/** A time on the timetable. */
export interface Slot {
  start: Date;
  end: Date;
  periodLabel: string | null;
}

const longestMs = 12 * 60 * 60 * 1000;

/** What can be shown page by page while teaching: every document that gets images of its pages. */
function hasPages(mediaType: string): boolean {
  const preview = formatOfMediaType(mediaType)?.preview;
  return preview === 'office' || preview === 'pdf';
}

/** The media type of a file that the actor may read, else null. */
export type ReadableFile = (actor: Actor, fileId: string) => Promise<{ mediaType: string } | null>;

const notReadable = { errors: [{ path: 'slidesFileId', message: 'is not courseware you can read' }] };

/** @throws AppError `invalid_input` for slides that cannot be shown, or that the actor may not read. */
export async function refuseSlides(readable: ReadableFile, actor: Actor, fileId: string | null): Promise<void> {
  if (fileId === null) return;
  const file = await readable(actor, fileId);
  if (file && hasPages(file.mediaType)) return;
  throw new AppError('invalid_input', notReadable);
}

/** Kept from being deleted until the transaction ends. @throws AppError `invalid_input` when they are gone */
export async function holdSlides(trx: Database, fileId: string): Promise<void> {
  if (!(await holdFile(trx, fileId))) throw new AppError('invalid_input', notReadable);
}

/**
 * The school that presents it.
 * @throws AppError `invalid_input`, `forbidden`
 */
export async function presentingSchool(
  db: Database,
  actor: AccountActor,
  { presenterId, allianceId }: Pick<Plan, 'presenterId' | 'allianceId'>,
): Promise<string> {
  const presenter = await findPresenter(db, presenterId, allianceId);
  if (!presenter) {
    throw new AppError('invalid_input', {
      errors: [{ path: 'presenterId', message: 'cannot present in this alliance' }],
    });
  }
  const schoolId = presenter.school_id;
  if (!maySchedule(actor, { allianceId, presenterId, schoolId })) throw new AppError('forbidden');
  return schoolId;
}

/** @throws AppError `invalid_input` for rooms of other alliances. */
export async function refuseRooms(db: Database, { roomIds, allianceId }: Pick<Plan, 'roomIds' | 'allianceId'>) {
  const known = await roomsInAlliance(db, roomIds, allianceId);
  const errors = roomIds.flatMap((roomId, index): FieldError[] =>
    known.has(roomId) ? [] : [{ path: `roomIds.${index}`, message: 'is not a room of this alliance' }],
  );
  if (errors.length > 0) throw new AppError('invalid_input', { errors });
}

/**
 * Checks a plan as a whole, for all of its times.
 * @throws AppError `invalid_input`, `forbidden`, `conflict`
 */
export async function checkPlan(
  trx: Database,
  actor: AccountActor,
  plan: Plan,
  { slots, exceptIds }: { slots: readonly Slot[]; exceptIds: readonly string[] },
): Promise<void> {
  for (const { start, end } of slots) {
    const lastsMs = end.getTime() - start.getTime();
    const message = lastsMs <= 0 ? 'is not after the start' : 'is more than 12 hours after the start';
    if (lastsMs <= 0 || lastsMs > longestMs) {
      throw new AppError('invalid_input', { errors: [{ path: 'scheduledEnd', message }] });
    }
  }
  await refuseRooms(trx, plan);
  if (plan.slidesFileId !== null) await holdSlides(trx, plan.slidesFileId);
  if (plan.nodeId !== null && !(await nodeExists(trx, plan.nodeId))) {
    throw new AppError('invalid_input', { errors: [{ path: 'nodeId', message: 'is not in the catalog' }] });
  }
  if (plan.allowClash) return;
  await refuseClash(trx, actor, { presenterId: plan.presenterId, roomIds: plan.roomIds, times: slots, exceptIds });
}

export const fieldsOf = (plan: Plan, schoolId: string, { start, end, periodLabel }: Slot): ClassSessionFields => ({
  alliance_id: plan.allianceId,
  school_id: schoolId,
  presenter_id: plan.presenterId,
  title: plan.title,
  catalog_node_id: plan.nodeId,
  slides_file_id: plan.slidesFileId,
  music: plan.music,
  scheduled_start: start,
  scheduled_end: end,
  period_label: periodLabel,
});
