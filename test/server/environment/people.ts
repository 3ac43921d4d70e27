import { hashPassword } from '../../../server/accounts/password.ts';
import { insertAccount } from '../../../server/accounts/repository.ts';
import type { Database } from '../../../server/database/database.ts';
import type { Role } from '../../../server/http/route.ts';

/** `lead` and `member` are of one alliance, `stranger` leads another. */
export const schoolNames = { lead: '中心小学', member: '东河小学', stranger: '南湾小学' } as const;
export type SchoolKey = keyof typeof schoolNames;

/** All accounts of the world have it. */
export const password = 'harbour-lantern-72';

/** Two alliances and an account for each role: `<role>-<school key>`, `second-teacher-lead`, `office-lead`, `admin-lead`. */
export async function people(db: Database) {
  const passwordHash = await hashPassword(password);
  const insert = async (table: 'school' | 'alliance', name: string) => {
    const { id } =
      table === 'school'
        ? await db.insertInto('school').values({ name }).returning('id').executeTakeFirstOrThrow()
        : await db.insertInto('alliance').values({ name, kind: 'led' }).returning('id').executeTakeFirstOrThrow();
    return id;
  };
  const alliances = {
    ours: await insert('alliance', '青禾教育共同体'),
    other: await insert('alliance', '远山教育共同体'),
  };
  const schools = {
    lead: await insert('school', schoolNames.lead),
    member: await insert('school', schoolNames.member),
    stranger: await insert('school', schoolNames.stranger),
  };
  await db
    .insertInto('alliance_school')
    .values([
      { alliance_id: alliances.ours, school_id: schools.lead, role: 'lead' },
      { alliance_id: alliances.ours, school_id: schools.member, role: 'member' },
      { alliance_id: alliances.other, school_id: schools.stranger, role: 'lead' },
    ])
    .execute();

  const accounts: Record<string, string> = {};
  const add = async (login: string, role: Role, schoolId: string | null, allianceId: string | null = null) => {
    accounts[login] = await insertAccount(db, {
      name: login,
      login,
      phone: null,
      role,
      schoolId,
      allianceId,
      passwordHash,
    });
  };
  for (const [key, schoolId] of Object.entries(schools)) {
    for (const role of ['teacher', 'operator', 'principal'] as const) await add(`${role}-${key}`, role, schoolId);
  }
  await add('second-teacher-lead', 'teacher', schools.lead);
  await add('office-lead', 'office', null, alliances.ours);
  await add('admin-lead', 'admin', null);
  return { alliances, schools, accounts };
}

export type People = Awaited<ReturnType<typeof people>>;
