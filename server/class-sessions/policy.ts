import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Tables } from '../database/tables.ts';
import type { AccountActor, Actor } from '../http/route.ts';
import type { ClassSessionState } from './schema.ts';

/** What the rights in a class session depend on. */
export interface ClassSessionRights {
  state: ClassSessionState;
  allianceId: string;
  /** The presenter's. */
  schoolId: string;
  presenterId: string;
}

/** That what is to come is still given to, or by, a school of the alliance. */
const isAllied = (schoolId: string) => sql<SqlBool>`(class_session.state not in ('scheduled', 'live') or exists (
  select from alliance_school
  where alliance_school.alliance_id = class_session.alliance_id and alliance_school.school_id = ${sql.ref(schoolId)}))`;

/**
 * Accounts see the sessions of their alliances and those they present; a device those of its room. Who presents and whose
 * room it is see what is to come while their school is in the alliance.
 */
export function visibleTo(actor: Actor) {
  return (eb: ExpressionBuilder<Tables, 'class_session'>) => {
    if (actor.kind === 'device') {
      const own = eb
        .selectFrom('class_session_room')
        .innerJoin('room', 'room.id', 'class_session_room.room_id')
        .select('class_session_room.room_id')
        .whereRef('class_session_room.class_session_id', '=', 'class_session.id')
        .where('class_session_room.room_id', '=', actor.roomId)
        .where(isAllied('room.school_id'));
      return eb.exists(own);
    }
    if (actor.role === 'admin') return sql<SqlBool>`true`;
    const presented = eb
      .selectFrom('account as presenter')
      .select('presenter.id')
      .whereRef('presenter.id', '=', 'class_session.presenter_id')
      .where('presenter.id', '=', actor.id)
      .where(isAllied('presenter.school_id'));
    return eb.or([
      eb.exists(presented),
      sql<SqlBool>`class_session.alliance_id = any(${[...actor.allianceIds]}::uuid[])`,
    ]);
  };
}

/** Whether what one actor may see of another session can be told to it, as in a clash. */
export function sees(actor: AccountActor, session: Pick<ClassSessionRights, 'allianceId' | 'presenterId'>): boolean {
  return actor.role === 'admin' || actor.id === session.presenterId || actor.allianceIds.includes(session.allianceId);
}

/**
 * Who may put a session on the timetable, change it and cancel it: the presenter, those who run the presenter's school,
 * the office of the alliance, and the platform's administrator.
 */
export function maySchedule(actor: Actor, session: Omit<ClassSessionRights, 'state'>): boolean {
  if (actor.kind === 'device') return false;
  if (actor.role === 'admin') return true;
  if (!actor.allianceIds.includes(session.allianceId)) return false;
  if (actor.id === session.presenterId || actor.role === 'office') return true;
  return (actor.role === 'operator' || actor.role === 'principal') && actor.schoolId === session.schoolId;
}

/** The presenter ends the lesson; when that fails, whoever runs the presenter's school or the platform does. */
export function mayEnd(actor: AccountActor, session: ClassSessionRights): boolean {
  return (
    actor.id === session.presenterId ||
    actor.role === 'admin' ||
    (actor.role === 'operator' && actor.schoolId === session.schoolId)
  );
}

/** What the actor may do now; who asks may see the session. */
export function rightsIn(actor: Actor, session: ClassSessionRights) {
  const presents = actor.kind === 'account' && actor.id === session.presenterId;
  return {
    edit: session.state === 'scheduled' && maySchedule(actor, session),
    present: presents && (session.state === 'scheduled' || session.state === 'live'),
    observe: actor.kind === 'account' && !presents && session.state === 'live',
  };
}
