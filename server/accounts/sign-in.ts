import { APIError } from 'better-auth/api';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { AccountActor } from '../http/route.ts';
import type { Sightings } from '../trail/sightings.ts';
import { recordEvent } from '../trail/trail.ts';
import { type Attempts, networkOf } from './attempts.ts';
import type { Auth, Authentication } from './authentication.ts';
import { createKnownBrowsers } from './known-browsers.ts';
import { checkPassword, hashPassword, verifyPassword } from './password.ts';
import { readPhone } from './phone.ts';
import {
  type Credentials,
  deleteOtherSignIns,
  deleteSignIn,
  findCredentials,
  holdCredentials,
  lockAccount,
} from './repository.ts';
import type { PasswordChangeBody, SignInBody } from './schema.ts';

/** What the browser is to be told about its cookies, as Set-Cookie values. */
export type Cookies = string[];

/** The request as far as signing in cares. */
export interface SignInRequest {
  client: Client;
  /** With the cookies that the browser sent. */
  headers: Headers;
}

export interface SignInService {
  /**
   * Signs in by name or phone number, and ends the sign-in that the browser came with.
   * @throws AppError `sign_in_failed`, `account_locked`, `too_many_attempts`
   */
  signIn(body: SignInBody, request: SignInRequest): Promise<{ accountId: string; cookies: Cookies }>;
  signOut(request: SignInRequest): Promise<Cookies>;
  /**
   * Changes one's own password; every other sign-in of the account ends.
   * @throws AppError `password_wrong`, `password_too_weak`, `account_locked`
   */
  changePassword(actor: AccountActor, body: PasswordChangeBody, request: SignInRequest): Promise<Cookies>;
}

export interface SignInOptions {
  db: Database;
  authentication: Authentication;
  /** The one that the cookies are signed with. */
  secret: string;
  attempts: Attempts;
  /** Told when the account has no sign-in any more but this one, so that the others are put out of wherever they are. */
  onOthersEnded?: (accountId: string, exceptSignInId: string | undefined) => void;
  /** Told of refusals that can be many. */
  sightings?: Pick<Sightings, 'note'>;
}

const lockedOut: ReadonlySet<string> = new Set(['account_locked', 'too_many_attempts']);

function unauthorised(error: unknown): boolean {
  return error instanceof APIError && (error.statusCode === 401 || error.statusCode === 400);
}

export async function createSignInService(options: SignInOptions): Promise<SignInService> {
  const { db, authentication, attempts, sightings, onOthersEnded } = options;
  const knownBrowsers = createKnownBrowsers(options.secret);
  // Unknown names are checked against it, so that they take as long as known ones.
  const nobodysHash = await hashPassword(crypto.randomUUID());

  async function find(login: string): Promise<Credentials | undefined> {
    const byLogin = await findCredentials(db, { login: login.toLowerCase() });
    if (byLogin !== undefined) return byLogin;
    const phone = readPhone(login);
    return phone === null ? undefined : await findCredentials(db, { phone });
  }

  /** What was typed is not kept where it is nobody's name: people type their password there. */
  async function refuse(known: Credentials | undefined, address: string, cause?: unknown): Promise<AppError> {
    const reason = known === undefined ? 'unknown' : known.disabled ? 'disabled' : 'password';
    await recordEvent(db, 'sign_in_refused', { actor: null, id: known?.id ?? null, address, details: { reason } });
    return new AppError('sign_in_failed', { cause });
  }

  /** Whoever is locked out may go on for hours: once a sitting is enough, from each network. */
  function noteLocked(known: Credentials | undefined, address: string): void {
    const subject = { id: known?.id ?? null, title: known?.name ?? '', schoolId: known?.schoolId ?? null };
    const from = { address, source: networkOf(address) };
    sightings?.note('sign_in_refused', { actor: null, ...subject, ...from, details: { reason: 'locked' } });
  }

  /** False: the password was changed or the account disabled while somebody signed in, who outlived the end of all sign-ins by it. */
  async function stillHolds(known: Credentials): Promise<boolean> {
    const now = await db.transaction().execute((trx) => holdCredentials(trx, known.id));
    return now !== undefined && !now.disabled && now.passwordHash === known.passwordHash;
  }

  async function endCurrent(auth: Auth, headers: Headers): Promise<Cookies> {
    const { headers: answer } = await auth.api.signOut({ headers, returnHeaders: true });
    return answer.getSetCookie();
  }

  return {
    async signIn({ login, password }, request) {
      const { client, headers } = request;
      const known = await find(login);
      // Name and phone number of one account share one counter.
      const subject = {
        purpose: 'sign-in',
        name: known?.login ?? login.toLowerCase(),
        browser: known && knownBrowsers.markOf(known, request),
        address: client.address,
      } as const;
      await attempts.count(subject).catch((error: unknown) => {
        if (error instanceof AppError && lockedOut.has(error.code)) noteLocked(known, client.address);
        throw error;
      });
      if (known === undefined || known.disabled || known.passwordHash === null) {
        await verifyPassword(nobodysHash, password);
        throw await refuse(known, client.address);
      }
      const auth = authentication.of(client.secure);
      try {
        const { headers: answer, response } = await auth.api.signInUsername({
          body: { username: known.login, password },
          headers,
          returnHeaders: true,
        });
        if (!(await stillHolds(known))) {
          await deleteSignIn(db, response.token);
          throw await refuse(known, client.address);
        }
        await attempts.forgive(subject);
        await endCurrent(auth, headers);
        const actor = { kind: 'account', id: known.id, schoolId: known.schoolId, address: client.address } as const;
        await recordEvent(db, 'signed_in', { actor, id: known.id });
        return { accountId: known.id, cookies: [...answer.getSetCookie(), knownBrowsers.remember(known, request)] };
      } catch (cause) {
        if (unauthorised(cause)) throw await refuse(known, client.address, cause);
        throw cause;
      }
    },

    signOut({ client, headers }) {
      return endCurrent(authentication.of(client.secure), headers);
    },

    async changePassword(actor, { current, next }, request) {
      const { client, headers } = request;
      const known = await findCredentials(db, { id: actor.id });
      if (known?.passwordHash == null) throw new AppError('password_wrong');
      const subject = { purpose: 'password', name: known.id, address: client.address } as const;
      await attempts.count(subject);
      if (!(await verifyPassword(known.passwordHash, current))) throw new AppError('password_wrong');
      await attempts.forgive(subject);
      checkPassword(next, known);
      const { headers: answer, response } = await authentication.of(client.secure).api.changePassword({
        body: { currentPassword: current, newPassword: next, revokeOtherSessions: true },
        headers,
        returnHeaders: true,
      });
      const changed = await db.transaction().execute(async (trx) => {
        // Whoever signed in by the former password meanwhile is out by now, or finds it changed; see `stillHolds`.
        await lockAccount(trx, actor.id);
        await deleteOtherSignIns(trx, actor.id, response.token ?? '');
        await recordEvent(trx, 'password.changed', { actor, id: actor.id });
        return await findCredentials(trx, { id: actor.id });
      });
      // The sign-in that it came with has been replaced as well, but the seats that it has taken are this browser's.
      onOthersEnded?.(actor.id, actor.signInId);
      const cookies = answer.getSetCookie();
      return changed === undefined ? cookies : [...cookies, knownBrowsers.remember(changed, request)];
    },
  };
}
