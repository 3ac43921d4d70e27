import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';

/** A school keeps its own rooms; the platform's administrators keep all. Others in the alliance may look at them. */
export function mayKeep(actor: AccountActor, schoolId: string): boolean {
  if (actor.role === 'admin') return true;
  return (actor.role === 'operator' || actor.role === 'principal') && actor.schoolId === schoolId;
}

/** @throws AppError `not_found` for a room out of sight, `forbidden` for one that may only be looked at. */
export function requireKeeping(actor: AccountActor, room: { schoolId: string; visible: boolean } | undefined): void {
  if (room !== undefined && mayKeep(actor, room.schoolId)) return;
  throw new AppError(room?.visible ? 'forbidden' : 'not_found');
}
