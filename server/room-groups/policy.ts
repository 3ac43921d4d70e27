import type { AccountActor } from '../http/route.ts';

/** Everybody in an alliance uses its groups and adds to them; they are kept by their owner, who runs the owner's school, and the office. */
export function mayKeepGroup(
  actor: AccountActor,
  group: { allianceId: string; ownerId: string; ownerSchoolId: string | null },
): boolean {
  if (actor.role === 'admin') return true;
  if (!actor.allianceIds.includes(group.allianceId)) return false;
  if (actor.id === group.ownerId || actor.role === 'office') return true;
  return (actor.role === 'operator' || actor.role === 'principal') && actor.schoolId === group.ownerSchoolId;
}
