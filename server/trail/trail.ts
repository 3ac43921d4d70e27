import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { type Action, actions, type SubjectKind } from './actions.ts';

export type Details = Record<string, string | number | boolean | null | readonly string[]>;

/** Who acts, and from which address. */
export interface Doer {
  kind: 'account' | 'device';
  id: string;
  schoolId: string | null;
  address?: string;
}

export interface Deed {
  /** Null: nobody who is signed in, or the server itself. */
  actor: Doer | null;
  /** Of the subject; null where it has none. */
  id: string | null;
  /** The subject as it is now; looked up when no title is given. */
  title?: string;
  schoolId?: string | null;
  details?: Details;
  /** Where the actor does not say it. */
  address?: string;
}

/** Longer titles would only be read by their beginning. Cut between characters: half of one can be written into no row. */
const TITLE_LENGTH = 300;
const beginningOf = (title: string) => [...title].slice(0, TITLE_LENGTH).join('');

const described: Partial<Record<SubjectKind, (id: string) => RawBuilder<{ title: string; schoolId: string | null }>>> =
  {
    account: (id) => sql`select name as title, school_id as "schoolId" from account where id = ${id}`,
    device: (id) => sql`select concat(room.name, ' · ', device.name) as title, room.school_id as "schoolId"
    from device join room on room.id = device.room_id where device.id = ${id}`,
    room: (id) => sql`select name as title, school_id as "schoolId" from room where id = ${id}`,
    school: (id) => sql`select name as title, id as "schoolId" from school where id = ${id}`,
    alliance: (id) => sql`select name as title, null as "schoolId" from alliance where id = ${id}`,
    resource: (id) => sql`select title, school_id as "schoolId" from resource where id = ${id}`,
    file: (id) => sql`select name as title, school_id as "schoolId" from file where id = ${id}`,
    class_session: (id) => sql`select title, school_id as "schoolId" from class_session where id = ${id}`,
  };

async function describe(db: Database, kind: SubjectKind, { id, title, schoolId = null }: Deed) {
  const query = described[kind];
  if (title !== undefined || id === null || query === undefined) return { title: title ?? '', schoolId };
  const { rows } = await query(id).execute(db);
  return { title: rows[0]?.title ?? '', schoolId: schoolId ?? rows[0]?.schoolId ?? null };
}

/** A row as the table takes it. */
export function eventOf(action: Action, deed: Deed, subject: { title: string; schoolId: string | null }) {
  const { actor, id, details = {} } = deed;
  return {
    action,
    actor_kind: actor?.kind ?? null,
    actor_id: actor?.id ?? null,
    actor_school_id: actor?.schoolId ?? null,
    subject_kind: actions[action],
    subject_id: id,
    subject_title: beginningOf(subject.title),
    subject_school_id: subject.schoolId,
    details: JSON.stringify(details),
    ip_address: (deed.address ?? actor?.address) || null,
  };
}

/**
 * Writes down what was done, as part of the transaction `db` in which it is done, so that there is no change without its
 * event and no event without its change. What is deleted is written down while it is still there.
 */
export async function recordEvent(db: Database, action: Action, deed: Deed): Promise<void> {
  const subject = await describe(db, actions[action], deed);
  await db
    .insertInto('audit_event')
    .values(eventOf(action, deed, subject))
    .execute();
}
