import { type ExpressionBuilder, sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/database.ts';
import { byName, inNameOrder } from '../database/name-order.ts';
import type { Tables } from '../database/tables.ts';
import type { Role } from '../http/route.ts';
import type { Account } from './schema.ts';

export interface AccountRow {
  id: string;
  name: string;
  login: string;
  phone: string | null;
  role: Role;
  school: { id: string; name: string } | null;
  alliance: { id: string; name: string } | null;
  disabled_at: Date | null;
  created_at: Date;
}

const schoolOf = (e: ExpressionBuilder<Tables, 'account'>) =>
  jsonObjectFrom(
    e.selectFrom('school').select(['school.id', 'school.name']).whereRef('school.id', '=', 'account.school_id'),
  ).as('school');
const allianceOf = (e: ExpressionBuilder<Tables, 'account'>) =>
  jsonObjectFrom(
    e
      .selectFrom('alliance')
      .select(['alliance.id', 'alliance.name'])
      .whereRef('alliance.id', '=', 'account.alliance_id'),
  ).as('alliance');

function selectAccounts(db: Database) {
  return db
    .selectFrom('account')
    .select(['id', 'name', 'login', 'phone', 'role', 'disabled_at', 'created_at'])
    .select((e) => [schoolOf(e), allianceOf(e)]);
}

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    login: row.login,
    phone: row.phone,
    role: row.role,
    school: row.school,
    alliance: row.alliance,
    disabled: row.disabled_at !== null,
    createdAt: row.created_at.toISOString(),
  };
}

export async function findAccount(db: Database, id: string): Promise<AccountRow | undefined> {
  return await selectAccounts(db).where('id', '=', id).executeTakeFirst();
}

/** As findAccount, and nobody else changes it until the transaction ends. */
export async function lockAccount(db: Database, id: string): Promise<AccountRow | undefined> {
  return await selectAccounts(db).where('id', '=', id).forUpdate('account').executeTakeFirst();
}

export interface Credentials {
  id: string;
  name: string;
  login: string;
  phone: string | null;
  schoolId: string | null;
  disabled: boolean;
  passwordHash: string | null;
}

function selectCredentials(db: Database) {
  return db
    .selectFrom('account')
    .leftJoin('credential', (join) =>
      join.onRef('credential.account_id', '=', 'account.id').on('credential.provider', '=', 'credential'),
    )
    .select(['account.id', 'account.name', 'account.login', 'account.phone', 'account.school_id as schoolId'])
    .select('credential.password_hash as passwordHash')
    .select(sql<boolean>`account.disabled_at is not null`.as('disabled'));
}

/** What signing in with a name or with a phone number (E.164) is checked against. */
export async function findCredentials(
  db: Database,
  by: { login: string } | { phone: string } | { id: string },
): Promise<Credentials | undefined> {
  const query = selectCredentials(db);
  if ('login' in by) return await query.where('account.login', '=', by.login).executeTakeFirst();
  if ('phone' in by) return await query.where('account.phone', '=', by.phone).executeTakeFirst();
  return await query.where('account.id', '=', by.id).executeTakeFirst();
}

/** As findCredentials, and whoever changes them or ends sign-ins has done so, or does it after this transaction. */
export async function holdCredentials(trx: Database, id: string): Promise<Credentials | undefined> {
  await trx.selectFrom('account').select('id').where('id', '=', id).forShare().execute();
  return await findCredentials(trx, { id });
}

export interface ListedAccounts {
  /** Null: of every school. */
  schoolId: string | null;
  q: string | null;
  /** Name and id of the last row of the previous page. */
  after: readonly [string, string] | null;
  limit: number;
}

export async function listAccounts(db: Database, { schoolId, q, after, limit }: ListedAccounts): Promise<AccountRow[]> {
  let query = selectAccounts(db).orderBy('name', byName).orderBy('id').limit(limit);
  if (schoolId !== null) query = query.where('school_id', '=', schoolId);
  if (q !== null) {
    const part = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
    // A number is looked for as it is written on paper, in groups: 138 0013 or 138-0013.
    const digits = /^\+?[\d\s-]*\d$/.test(q) ? q.replaceAll(/[\s-]/g, '') : q;
    query = query.where((where) =>
      where.or([
        where('name', 'ilike', part(q)),
        where('login', 'ilike', part(q)),
        where('phone', 'like', part(digits)),
      ]),
    );
  }
  if (after !== null) {
    const [name, id] = after;
    query = query.where(sql<boolean>`(${inNameOrder('name')}, id) > (${name}, ${id}::uuid)`);
  }
  return await query.execute();
}

export interface NewAccount {
  name: string;
  login: string;
  phone: string | null;
  role: Role;
  schoolId: string | null;
  allianceId: string | null;
  passwordHash: string;
}

/** Run it in a transaction: an account without a credential could never sign in. */
export async function insertAccount(db: Database, account: NewAccount): Promise<string> {
  const { id } = await db
    .insertInto('account')
    .values({
      name: account.name,
      login: account.login,
      display_login: account.login,
      phone: account.phone,
      // Nobody needs e-mail; the sign-in library does. RFC 2606 keeps `.invalid` free of real mail.
      email: `${account.login}@accounts.invalid`,
      role: account.role,
      school_id: account.schoolId,
      alliance_id: account.allianceId,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('credential')
    .values({ account_id: id, external_id: id, provider: 'credential', password_hash: account.passwordHash })
    .execute();
  return id;
}

export interface AccountChanges {
  name?: string | undefined;
  login?: string | undefined;
  phone?: string | null | undefined;
  role?: Role | undefined;
  schoolId?: string | null | undefined;
  allianceId?: string | null | undefined;
  disabled?: boolean | undefined;
}

export async function updateAccount(db: Database, id: string, changes: AccountChanges): Promise<void> {
  const { name, login, phone, role, schoolId, allianceId, disabled } = changes;
  await db
    .updateTable('account')
    .set({
      name,
      login,
      phone,
      role,
      school_id: schoolId,
      alliance_id: allianceId,
      updated_at: new Date(),
      ...(login !== undefined && { display_login: login, email: `${login}@accounts.invalid` }),
      ...(disabled !== undefined && { disabled_at: disabled ? sql<Date>`coalesce(disabled_at, now())` : null }),
    })
    .where('id', '=', id)
    .execute();
}

export async function setPassword(db: Database, accountId: string, passwordHash: string): Promise<void> {
  await db
    .updateTable('credential')
    .set({ password_hash: passwordHash, updated_at: new Date() })
    .where('account_id', '=', accountId)
    .where('provider', '=', 'credential')
    .execute();
}

/** Signs the account out everywhere, at once. */
export async function deleteSignIns(db: Database, accountId: string): Promise<void> {
  await db.deleteFrom('sign_in').where('account_id', '=', accountId).execute();
}

/** All but the one with this token. */
export async function deleteOtherSignIns(db: Database, accountId: string, token: string): Promise<void> {
  await db.deleteFrom('sign_in').where('account_id', '=', accountId).where('token', '!=', token).execute();
}

export async function deleteSignIn(db: Database, token: string): Promise<void> {
  await db.deleteFrom('sign_in').where('token', '=', token).execute();
}

/** Removes sign-ins that no longer count. */
export async function deleteExpiredSignIns(db: Database): Promise<void> {
  await db.deleteFrom('sign_in').where('expires_at', '<', sql<Date>`now()`).execute();
}

/** Administrators who can sign in, other than `exceptId`; locked, so that two cannot remove each other at once. */
export async function lockOtherAdmins(db: Database, exceptId: string): Promise<number> {
  const rows = await db
    .selectFrom('account')
    .select('id')
    .where('role', '=', 'admin')
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.filter((row) => row.id !== exceptId).length;
}
