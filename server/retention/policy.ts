import type { AccountActor } from '../http/route.ts';

/** How long a school's recordings are kept is decided by its principal, and by the platform's administrators. */
export function mayKeepRule(actor: AccountActor, schoolId: string): boolean {
  return actor.role === 'admin' || (actor.role === 'principal' && actor.schoolId === schoolId);
}
