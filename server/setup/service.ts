import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Attempts } from '../accounts/attempts.ts';
import type { AccountService } from '../accounts/service.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import { hashKey } from '../http/cookies.ts';
import { recordEvent } from '../trail/trail.ts';
import { adminExists, readToken, removeToken, replaceToken } from './repository.ts';
import type { SetUpBody } from './schema.ts';

export interface SetUpService {
  /**
   * A new one-time token for `<address>/setup#<token>`; those given out before no longer work.
   * Null when there is an administrator already.
   */
  issueToken(): Promise<string | null>;
  needed(): Promise<boolean>;
  /** Makes the first administrator. @throws AppError `already_set_up`, `set_up_token_wrong`, `password_too_weak` */
  createFirstAdmin(body: SetUpBody, address: string): Promise<void>;
}

export interface SetUpOptions {
  db: Database;
  accounts: Pick<AccountService, 'createAdmin'>;
  attempts: Attempts;
}

const tokenBytes = 24;

/** One at a time, in whatever process: two that hold the token could both find no administrator. */
async function lockSetUp(trx: Database): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('tongke.set_up'))`.execute(trx);
}

export function createSetUpService({ db, accounts, attempts }: SetUpOptions): SetUpService {
  return {
    async issueToken() {
      return await db.transaction().execute(async (trx) => {
        await lockSetUp(trx);
        if (await adminExists(trx)) return null;
        const token = randomBytes(tokenBytes).toString('base64url');
        await replaceToken(trx, hashKey(token));
        return token;
      });
    },

    async needed() {
      return !(await adminExists(db));
    },

    async createFirstAdmin({ token, name, login, password }, address) {
      const subject = { purpose: 'set-up', address } as const;
      await attempts.count(subject);
      await db.transaction().execute(async (trx) => {
        await lockSetUp(trx);
        if (await adminExists(trx)) throw new AppError('already_set_up');
        const kept = await readToken(trx);
        if (kept === null || !timingSafeEqual(kept, hashKey(token))) throw new AppError('set_up_token_wrong');
        const id = await accounts.createAdmin(trx, { name, login, password });
        await recordEvent(trx, 'account.created', { actor: null, id, address, details: { login, role: 'admin' } });
        await removeToken(trx);
      });
      await attempts.forgive(subject);
    },
  };
}
