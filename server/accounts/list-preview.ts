import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { AccountActor } from '../http/route.ts';
import type { ListFaultCode, StaffListLine, StaffListPreview } from './list-schema.ts';
import { mayChange } from './policy.ts';
import { blankless, createLogins, loginBaseOf, readStaffList, type StaffLine } from './staff-list.ts';

interface School {
  id: string;
  name: string;
}

interface Person {
  name: string;
  login: string;
  phone: string | null;
  schoolId: string | null;
}

/** The schools that lines may name: all for an administrator, else the own one. */
async function schoolsOf(db: Database, actor: AccountActor): Promise<School[]> {
  const schools = db.selectFrom('school').select(['id', 'name']);
  if (actor.role === 'admin') return await schools.execute();
  return actor.schoolId === null ? [] : await schools.where('id', '=', actor.schoolId).execute();
}

/** Whoever could be one of the people in the list, or has a name that would be given to one of them. */
async function presentPeople(db: Database, lines: readonly StaffLine[]): Promise<Person[]> {
  const phones = lines.flatMap(({ phone }) => phone ?? []);
  const logins = lines.flatMap(({ login }) => login ?? []);
  const names = [...new Set(lines.map(({ name }) => name))];
  const bases = [...new Set(names.map(loginBaseOf))];
  return await db
    .selectFrom('account')
    .select(['name', 'login', 'phone', 'school_id as schoolId'])
    .where((eb) =>
      eb.or([
        eb('phone', '=', sql<string>`any(${phones}::text[])`),
        eb('login', '=', sql<string>`any(${logins}::text[])`),
        eb('name', '=', sql<string>`any(${names}::text[])`),
        sql<boolean>`regexp_replace(login, '[0-9]+$', '') = any(${bases}::text[])`,
        eb('login', '=', sql<string>`any(${bases}::text[])`),
      ]),
    )
    .execute();
}

type Verdict = Pick<StaffListLine, 'outcome' | 'fault' | 'furtherFaults'>;
const refuse = ([fault, ...furtherFaults]: ListFaultCode[]): Verdict => ({
  outcome: 'fault',
  fault: fault ?? null,
  furtherFaults,
});

/**
 * What a staff list would bring: whom an account is made for, who has one already, and what is wrong with the other lines.
 * Nothing is written; each account is made like all others, so that a list that breaks off is brought again.
 * @throws AppError table_unreadable, table_header_missing, table_empty or table_too_large.
 */
export async function previewStaffList(
  db: Database,
  actor: AccountActor,
  { bytes, schoolId }: { bytes: Uint8Array; schoolId: string | undefined },
): Promise<StaffListPreview> {
  const lines = await readStaffList(bytes);
  const [schools, people] = await Promise.all([schoolsOf(db, actor), presentPeople(db, lines)]);
  const schoolOf = new Map(schools.map((school) => [blankless(school.name), school]));
  const usual = schools.find(({ id }) => id === (actor.role === 'admin' ? schoolId : actor.schoolId)) ?? null;
  const loginFor = createLogins([...people.map(({ login }) => login), ...lines.flatMap(({ login }) => login ?? [])]);
  const seen = new Set<string>();

  /** By what a line is known further down: phone number and signing-in name, or where there is neither the name alone. */
  function keysOf({ name, phone, login }: StaffLine, school: School): string[] {
    const own = [...(phone ? [phone] : []), ...(login ? [login] : [])];
    return own.length > 0 ? own : [`${school.id} ${name}`];
  }

  function faultsOf({ faults, role, ...line }: StaffLine, school: School | null): ListFaultCode[] {
    if (faults.includes('cell_error')) return faults;
    if (!school) return [...faults, line.school === '' ? 'school_missing' : 'school_unknown'];
    return mayChange(actor, { schoolId: school.id, role }) ? faults : [...faults, 'not_allowed'];
  }

  function verdictOf(line: StaffLine, school: School | null): Verdict {
    const wrong = faultsOf(line, school);
    if (!school || wrong.length > 0) return refuse(wrong);
    const keys = keysOf(line, school);
    if (keys.some((key) => seen.has(key))) return refuse(['twice']);
    const isSame = (person: Person) => person.name === line.name && person.schoolId === school.id;
    const byPhone = line.phone && people.find(({ phone }) => phone === line.phone);
    const byLogin = line.login && people.find(({ login }) => login === line.login);
    const taken: ListFaultCode[] = [];
    if (byPhone && !isSame(byPhone)) taken.push('phone_taken');
    if (byLogin && !isSame(byLogin)) taken.push('login_taken');
    if (taken.length > 0) return refuse(taken);
    for (const key of keys) seen.add(key);
    // Of one name there may be two at a school; where the list or the account has no number, they cannot be told apart.
    const byName = people.some((each) => isSame(each) && !line.login && (!line.phone || !each.phone));
    return { outcome: byPhone || byLogin || byName ? 'present' : 'new', fault: null, furtherFaults: [] };
  }

  return {
    lines: lines.map((line) => {
      const school = line.school === '' ? usual : (schoolOf.get(line.school) ?? null);
      const verdict = verdictOf(line, school);
      const login = line.login ?? (verdict.outcome === 'new' ? loginFor(line.name) : '');
      return { ...verdict, line: line.line, name: line.name, login, phone: line.phone, role: line.role, school };
    }),
  };
}
