import type { AccountActor } from '../http/route.ts';

/** A school's bell times are kept by those who run it, and by the platform's administrators. */
export function mayKeepBells(actor: AccountActor, schoolId: string): boolean {
  if (actor.role === 'admin') return true;
  return (actor.role === 'operator' || actor.role === 'principal') && actor.schoolId === schoolId;
}

/** The days of an alliance are set by its office, by those who run its lead school, and by the platform's administrators. */
export function mayKeepTerms(actor: AccountActor, alliance: { id: string; leadSchoolId: string | null }): boolean {
  if (actor.role === 'admin') return true;
  if (!actor.allianceIds.includes(alliance.id)) return false;
  if (actor.role === 'office') return true;
  return (actor.role === 'operator' || actor.role === 'principal') && actor.schoolId === alliance.leadSchoolId;
}
