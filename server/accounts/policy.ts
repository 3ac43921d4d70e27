import type { AccountActor, Role } from '../http/route.ts';

/** Roles that work at one school, and only there. */
const schoolRoles: readonly Role[] = ['teacher', 'operator', 'principal'];
/** Roles that a school makes and keeps by itself. */
const keptBySchool: readonly Role[] = ['teacher', 'operator'];

export function worksAtSchool(role: Role): boolean {
  return schoolRoles.includes(role);
}

/** Administrators see every account; a school's operator and principal those of their school. */
export function mayRead(actor: AccountActor, account: { schoolId: string | null }): boolean {
  if (actor.role === 'admin') return true;
  return (actor.role === 'operator' || actor.role === 'principal') && actor.schoolId === account.schoolId;
}

/** Administrators change every account; a school's operator and principal its teachers and operators. */
export function mayChange(actor: AccountActor, account: { schoolId: string | null; role: Role }): boolean {
  if (actor.role === 'admin') return true;
  return mayRead(actor, account) && keptBySchool.includes(account.role);
}
