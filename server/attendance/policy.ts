import type { AccountActor } from '../http/route.ts';

/** What the rights in a lesson's attendance depend on. */
export interface AttendanceRights {
  allianceId: string;
  /** The presenter's. */
  schoolId: string;
  presenterId: string;
}

const runs = (actor: AccountActor, schoolId: string): boolean =>
  (actor.role === 'operator' || actor.role === 'principal') && actor.schoolId === schoolId;

/** Of all rooms: the presenter, who runs the presenter's school, the alliance's office, the platform's administrator. */
export function mayReadAll(actor: AccountActor, { allianceId, schoolId, presenterId }: AttendanceRights): boolean {
  if (actor.role === 'admin' || actor.id === presenterId) return true;
  if (actor.role === 'office') return actor.allianceIds.includes(allianceId);
  return runs(actor, schoolId);
}

/** Of one room: also who runs the room's school. */
export function mayReadRoom(actor: AccountActor, lesson: AttendanceRights, roomSchoolId: string): boolean {
  return mayReadAll(actor, lesson) || runs(actor, roomSchoolId);
}

/** Who sat in a room is known to the presenter, who saw it, and to the school that it belongs to. */
export function mayCount(actor: AccountActor, lesson: AttendanceRights, roomSchoolId: string): boolean {
  return actor.role === 'admin' || actor.id === lesson.presenterId || runs(actor, roomSchoolId);
}
