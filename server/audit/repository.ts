import { sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/database.ts';
import type { AuditFilter } from './schema.ts';

export interface ListedEvents {
  filter: AuditFilter;
  /** Only what was done by or to this school; null for everything. */
  within: string | null;
  /** Time and number of the last event of the page before. */
  after: readonly [at: string, id: string] | null;
  limit: number;
}

const pattern = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

/** The newest that fit; with a side, those whose actor or subject is of its school. */
function newest(
  db: Database,
  { filter, after, limit }: ListedEvents,
  schools: readonly string[],
  side: 'actor_school_id' | 'subject_school_id' | null,
) {
  const { from, to, action, actorId, actor, subjectId, subject } = filter;
  let query = db
    .selectFrom('audit_event as event')
    .selectAll('event')
    .orderBy('event.at', 'desc')
    .orderBy('event.id', 'desc')
    .limit(limit);
  const [first, ...others] = schools;
  if (first !== undefined && side !== null) query = query.where(`event.${side}`, '=', first);
  for (const school of others) {
    query = query.where((eb) =>
      eb.or([eb('event.actor_school_id', '=', school), eb('event.subject_school_id', '=', school)]),
    );
  }
  if (from !== undefined) query = query.where('event.at', '>=', new Date(from));
  if (to !== undefined) query = query.where('event.at', '<', new Date(to));
  if (action !== undefined) query = query.where('event.action', '=', action);
  if (actorId !== undefined) query = query.where('event.actor_id', '=', actorId);
  if (subjectId !== undefined) query = query.where('event.subject_id', '=', subjectId);
  if (subject !== undefined) query = query.where('event.subject_title', 'ilike', pattern(subject));
  if (actor !== undefined) {
    const name = pattern(actor);
    query = query.where(
      sql<boolean>`event.actor_id = any(array(
        select id from account where name ilike ${name} or login ilike ${name}
        union all
        select device.id from device join room on room.id = device.room_id
        where device.name ilike ${name} or room.name ilike ${name}))`,
    );
  }
  if (after !== null) {
    query = query.where(sql<boolean>`(event.at, event.id) < (${after[0]}::timestamptz, ${after[1]}::bigint)`);
  }
  return query;
}

/** Each side of a school by its own index, so that a school with few events is not looked for among all others'. */
function fitting(db: Database, wanted: ListedEvents) {
  const schools = [wanted.within, wanted.filter.schoolId].filter((school) => typeof school === 'string');
  if (schools.length === 0) return newest(db, wanted, schools, null);
  const side = (of: 'actor_school_id' | 'subject_school_id') =>
    db.selectFrom(newest(db, wanted, schools, of).as(of)).selectAll();
  return side('actor_school_id').union(side('subject_school_id'));
}

/** The newest first. */
export function eventsQuery(db: Database, wanted: ListedEvents) {
  return db
    .selectFrom(fitting(db, wanted).as('event'))
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'event.actor_id').on('event.actor_kind', '=', 'account'),
    )
    .leftJoin('device', (join) => join.onRef('device.id', '=', 'event.actor_id').on('event.actor_kind', '=', 'device'))
    .leftJoin('room', 'room.id', 'device.room_id')
    .select(['event.id', 'event.at', 'event.action', 'event.actor_kind', 'event.actor_id', 'event.actor_school_id'])
    .select(['event.subject_kind', 'event.subject_id', 'event.subject_title', 'event.details', 'event.ip_address'])
    .select(sql<string>`coalesce(account.name, concat(room.name, ' · ', device.name))`.as('actor_name'))
    .select((eb) => [
      jsonObjectFrom(
        eb
          .selectFrom('school')
          .select(['school.id', 'school.name'])
          .whereRef('school.id', '=', 'event.actor_school_id'),
      ).as('actor_school'),
      jsonObjectFrom(
        eb
          .selectFrom('school')
          .select(['school.id', 'school.name'])
          .whereRef('school.id', '=', 'event.subject_school_id'),
      ).as('subject_school'),
    ])
    .orderBy('event.at', 'desc')
    .orderBy('event.id', 'desc')
    .limit(wanted.limit);
}

export const listEvents = (db: Database, wanted: ListedEvents) => eventsQuery(db, wanted).execute();
export type EventRow = Awaited<ReturnType<typeof listEvents>>[number];

/** Removes at most `limit` events from before the moment; nothing else of the table can be removed (migration 0009). */
export async function deleteExpired(db: Database, before: Date, limit: number): Promise<number> {
  return await db.transaction().execute(async (trx) => {
    await sql`select set_config('tongke.audit_expired_before', ${before.toISOString()}, true)`.execute(trx);
    const { numDeletedRows } = await trx
      .deleteFrom('audit_event')
      .where('id', 'in', (eb) =>
        eb.selectFrom('audit_event').select('id').where('at', '<', before).orderBy('at').limit(limit),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  });
}
