import type { AccountActor } from '../http/route.ts';

/** A school's principal speaks for its pupils and their parents; an administrator writes down what was signed. */
export function mayConsent(actor: AccountActor, schoolId: string): boolean {
  return actor.role === 'admin' || (actor.role === 'principal' && actor.schoolId === schoolId);
}
