import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { violatedReference, violatedUnique } from '../database/violation.ts';
import { AppError } from '../errors.ts';
import { idSchema, readCursor, writeCursor } from '../http/page.ts';
import type { AccountActor, Role } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { recordChange } from './change-events.ts';
import { previewStaffList } from './list-preview.ts';
import type { StaffListPreview } from './list-schema.ts';
import { checkPassword, hashPassword, makeInitialPassword } from './password.ts';
import { mayChange, mayRead, worksAtSchool } from './policy.ts';
import {
  type AccountRow,
  deleteSignIns,
  findAccount,
  insertAccount,
  listAccounts,
  lockAccount,
  lockOtherAdmins,
  setPassword,
  toAccount,
  updateAccount,
} from './repository.ts';
import type { Account, AccountPatch, AccountQuery, NewAccountBody } from './schema.ts';

export interface AccountService {
  list(actor: AccountActor, query: AccountQuery): Promise<{ items: Account[]; nextCursor: string | null }>;
  /** Each line of a list of people, and what would become of it. Nothing is written. */
  previewList(
    actor: AccountActor,
    list: { bytes: Uint8Array; schoolId: string | undefined },
  ): Promise<StaffListPreview>;
  create(actor: AccountActor, body: NewAccountBody): Promise<{ account: Account; initialPassword: string }>;
  change(actor: AccountActor, id: string, patch: AccountPatch): Promise<Account>;
  /** Gives a forgetful person a new first password and signs the account out everywhere. */
  resetPassword(actor: AccountActor, id: string): Promise<{ initialPassword: string }>;
  get(id: string): Promise<Account>;
  /** Makes an administrator, as part of the given transaction. */
  createAdmin(db: Database, admin: { name: string; login: string; password: string }): Promise<string>;
}

function translate(error: unknown): unknown {
  const unique = violatedUnique(error);
  if (unique === 'account_login_key' || unique === 'account_email_key')
    return new AppError('login_taken', { cause: error });
  if (unique === 'account_phone_key') return new AppError('phone_taken', { cause: error });
  const reference = violatedReference(error);
  if (reference === 'account_school_id_fkey') return unknownThing('schoolId', error);
  if (reference === 'account_alliance_id_fkey') return unknownThing('allianceId', error);
  return error;
}

function unknownThing(path: string, cause?: unknown): AppError {
  return new AppError('invalid_input', { cause, errors: [{ path, message: 'is not known' }] });
}

/** Where a role works: a school, an alliance, or nowhere. Anything that does not fit is dropped or asked for. */
function workplace(role: Role, schoolId: string | null, allianceId: string | null) {
  const needed = (path: string) =>
    new AppError('invalid_input', { errors: [{ path, message: 'is needed for this role' }] });
  if (worksAtSchool(role)) {
    if (schoolId === null) throw needed('schoolId');
    return { schoolId, allianceId: null };
  }
  if (role === 'office') {
    if (allianceId === null) throw needed('allianceId');
    return { schoolId: null, allianceId };
  }
  return { schoolId, allianceId: null };
}

/** Name and id. */
const sortKeySchema = z.tuple([z.string(), idSchema]);

const placeOf = (row: AccountRow) => ({ schoolId: row.school?.id ?? null, role: row.role });

const hasMoved = (row: AccountRow, to: ReturnType<typeof workplace>) =>
  to.schoolId !== (row.school?.id ?? null) || to.allianceId !== (row.alliance?.id ?? null);

export interface AccountOptions {
  db: Database;
  /** Told when an account has lost its access or its place, so that it is put out of wherever it is; who still may comes back. */
  onAccessEnded?: (accountId: string) => void;
}

export function createAccountService({ db, onAccessEnded }: AccountOptions): AccountService {
  async function get(id: string): Promise<Account> {
    const row = await findAccount(db, id);
    if (row === undefined) throw new AppError('not_found');
    return toAccount(row);
  }

  /** The account, locked and allowed to be changed by the actor. */
  async function take(trx: Database, actor: AccountActor, id: string): Promise<AccountRow> {
    const row = await lockAccount(trx, id);
    if (row === undefined || !mayRead(actor, placeOf(row))) throw new AppError('not_found');
    if (!mayChange(actor, placeOf(row))) throw new AppError('forbidden');
    return row;
  }

  return {
    get,

    async list(actor, { schoolId, q, limit, cursor }) {
      const wanted = actor.role === 'admin' ? (schoolId ?? null) : actor.schoolId;
      if (schoolId !== undefined && schoolId !== wanted) return { items: [], nextCursor: null };
      const after = cursor === undefined ? null : readCursor(cursor, sortKeySchema);
      const rows = await listAccounts(db, {
        schoolId: wanted,
        q: q || null,
        after,
        limit: limit + 1,
      });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        items: rows.slice(0, limit).map(toAccount),
        nextCursor: last === undefined ? null : writeCursor([last.name, last.id]),
      };
    },

    previewList: (actor, list) => previewStaffList(db, actor, list),

    async create(actor, body) {
      const place = workplace(body.role, body.schoolId ?? null, body.allianceId ?? null);
      if (!mayChange(actor, { schoolId: place.schoolId, role: body.role })) throw new AppError('forbidden');
      const initialPassword = makeInitialPassword();
      const passwordHash = await hashPassword(initialPassword);
      const id = await db
        .transaction()
        .execute(async (trx) => {
          const { name, login, phone = null, role } = body;
          const made = await insertAccount(trx, { ...place, name, login, phone, role, passwordHash });
          await recordEvent(trx, 'account.created', { actor, id: made, details: { login, role } });
          return made;
        })
        .catch((error: unknown) => Promise.reject(translate(error)));
      return { account: await get(id), initialPassword };
    },

    async change(actor, id, patch) {
      const ended = await db
        .transaction()
        .execute(async (trx) => {
          // Before the row itself: two who take each other's rights at once lock them in one order.
          const ends = patch.disabled === true || (patch.role !== undefined && patch.role !== 'admin');
          const others = ends && actor.role === 'admin' ? await lockOtherAdmins(trx, id) : null;
          const row = await take(trx, actor, id);
          const role = patch.role ?? row.role;
          const place = workplace(
            role,
            patch.schoolId === undefined ? (row.school?.id ?? null) : patch.schoolId,
            patch.allianceId === undefined ? (row.alliance?.id ?? null) : patch.allianceId,
          );
          if (!mayChange(actor, { schoolId: place.schoolId, role })) throw new AppError('forbidden');
          if (others === 0 && row.role === 'admin' && row.disabled_at === null) throw new AppError('last_admin');
          await updateAccount(trx, id, {
            name: patch.name,
            login: patch.login,
            phone: patch.phone,
            role,
            ...place,
            disabled: patch.disabled,
          });
          if (patch.disabled === true) await deleteSignIns(trx, id);
          await recordChange(trx, actor, row, patch);
          return patch.disabled === true || role !== row.role || hasMoved(row, place);
        })
        .catch((error: unknown) => Promise.reject(translate(error)));
      if (ended) onAccessEnded?.(id);
      return await get(id);
    },

    async resetPassword(actor, id) {
      const initialPassword = makeInitialPassword();
      const passwordHash = await hashPassword(initialPassword);
      await db.transaction().execute(async (trx) => {
        await take(trx, actor, id);
        await setPassword(trx, id, passwordHash);
        await deleteSignIns(trx, id);
        await recordEvent(trx, 'password.reset', { actor, id });
      });
      onAccessEnded?.(id);
      return { initialPassword };
    },

    async createAdmin(trx, { name, login, password }) {
      checkPassword(password, { login, phone: null });
      const passwordHash = await hashPassword(password);
      try {
        return await insertAccount(trx, {
          name,
          login,
          phone: null,
          role: 'admin',
          schoolId: null,
          allianceId: null,
          passwordHash,
        });
      } catch (error) {
        throw translate(error);
      }
    },
  };
}
