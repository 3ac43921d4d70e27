import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { BellSchedule, BellTimes, Term, TermInput } from './schema.ts';

export async function findBellTimes(db: Database, schoolId: string): Promise<BellTimes | undefined> {
  const school = await db.selectFrom('school').select('time_zone').where('id', '=', schoolId).executeTakeFirst();
  if (school === undefined) return undefined;
  const rows = await db
    .selectFrom('bell_schedule')
    .select(['name', 'season_from', 'season_to', 'periods'])
    .where('school_id', '=', schoolId)
    .orderBy('position')
    .execute();
  const schedules = rows.map(
    ({ name, season_from: from, season_to: to, periods }): BellSchedule => ({
      name,
      season: from === null || to === null ? null : { from, to },
      periods,
    }),
  );
  return { timeZone: school.time_zone, schedules };
}

export async function replaceBellTimes(
  db: Database,
  schoolId: string,
  { timeZone, schedules }: BellTimes,
): Promise<void> {
  await db.updateTable('school').set({ time_zone: timeZone }).where('id', '=', schoolId).execute();
  await db.deleteFrom('bell_schedule').where('school_id', '=', schoolId).execute();
  if (schedules.length === 0) return;
  const rows = schedules.map(({ name, season, periods }, position) => ({
    school_id: schoolId,
    position,
    name,
    season_from: season?.from ?? null,
    season_to: season?.to ?? null,
    periods: JSON.stringify(periods),
  }));
  await db.insertInto('bell_schedule').values(rows).execute();
}

/** Whether an account of these alliances, or of that school, shares an alliance with the school. */
export async function sharesAlliance(db: Database, schoolId: string, allianceIds: readonly string[]): Promise<boolean> {
  if (allianceIds.length === 0) return false;
  const row = await db
    .selectFrom('alliance_school')
    .select('school_id')
    .where('school_id', '=', schoolId)
    .where('alliance_id', 'in', allianceIds)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Undefined: there is no such alliance. */
export async function findAllianceHead(db: Database, id: string) {
  return await db
    .selectFrom('alliance')
    .leftJoin('alliance_school', (join) =>
      join.onRef('alliance_school.alliance_id', '=', 'alliance.id').on('alliance_school.role', '=', 'lead'),
    )
    .select(['alliance.id', 'alliance_school.school_id as leadSchoolId'])
    .where('alliance.id', '=', id)
    .executeTakeFirst();
}

/** Makes those who change the terms of one alliance wait for each other. */
export async function lockTerms(db: Database, allianceId: string): Promise<void> {
  await db.selectFrom('alliance').select('id').where('id', '=', allianceId).forNoKeyUpdate().execute();
}

export async function listTerms(db: Database, filter: { allianceId: string } | { id: string }): Promise<Term[]> {
  let query = db.selectFrom('term').selectAll().orderBy('first_day');
  query = 'id' in filter ? query.where('id', '=', filter.id) : query.where('alliance_id', '=', filter.allianceId);
  const rows = await query.execute();
  return rows.map((row) => ({
    id: row.id,
    allianceId: row.alliance_id,
    kind: row.kind,
    name: row.name,
    firstDay: row.first_day,
    lastDay: row.last_day,
    daysOff: row.days_off,
    makeUpDays: row.make_up_days,
  }));
}

/** Whether another term of the alliance has one of these days. */
export async function termOverlaps(db: Database, allianceId: string, term: TermInput, id: string | null) {
  const row = await db
    .selectFrom('term')
    .select('id')
    .where('alliance_id', '=', allianceId)
    .where('first_day', '<=', term.lastDay)
    .where('last_day', '>=', term.firstDay)
    .where(sql<boolean>`term.id is distinct from ${id}::uuid`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

const columnsOf = ({ kind, name, firstDay, lastDay, daysOff, makeUpDays }: TermInput) => ({
  kind,
  name,
  first_day: firstDay,
  last_day: lastDay,
  days_off: JSON.stringify(daysOff),
  make_up_days: JSON.stringify(makeUpDays),
});

export async function insertTerm(db: Database, allianceId: string, term: TermInput): Promise<string> {
  const values = { alliance_id: allianceId, ...columnsOf(term) };
  return (await db.insertInto('term').values(values).returning('id').executeTakeFirstOrThrow()).id;
}

export async function updateTerm(db: Database, id: string, term: TermInput): Promise<void> {
  await db.updateTable('term').set(columnsOf(term)).where('id', '=', id).execute();
}

export async function deleteTerm(db: Database, id: string): Promise<void> {
  await db.deleteFrom('term').where('id', '=', id).execute();
}
