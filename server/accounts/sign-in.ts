import { APIError } from 'better-auth/api';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { AccountActor } from '../http/route.ts';
import type { Attempts } from './attempts.ts';
import type { Auth, Authentication } from './authentication.ts';
import { checkPassword, hashPassword, verifyPassword } from './password.ts';
import { readPhone } from './phone.ts';
import { type Credentials, findCredentials } from './repository.ts';
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
  attempts: Attempts;
}

function unauthorised(error: unknown): boolean {
  return error instanceof APIError && (error.statusCode === 401 || error.statusCode === 400);
}

export async function createSignInService({ db, authentication, attempts }: SignInOptions): Promise<SignInService> {
  // Unknown names are checked against it, so that they take as long as known ones.
  const nobodysHash = await hashPassword(crypto.randomUUID());

  async function find(login: string): Promise<Credentials | undefined> {
    const byLogin = await findCredentials(db, { login: login.toLowerCase() });
    if (byLogin !== undefined) return byLogin;
    const phone = readPhone(login);
    return phone === null ? undefined : await findCredentials(db, { phone });
  }

  async function endCurrent(auth: Auth, headers: Headers): Promise<Cookies> {
    const { headers: answer } = await auth.api.signOut({ headers, returnHeaders: true });
    return answer.getSetCookie();
  }

  return {
    async signIn({ login, password }, { client, headers }) {
      const known = await find(login);
      // Name and phone number of one account share one counter.
      const subject = {
        purpose: 'sign-in',
        name: known?.login ?? login.toLowerCase(),
        address: client.address,
      } as const;
      await attempts.count(subject);
      if (known === undefined || known.disabled || known.passwordHash === null) {
        await verifyPassword(nobodysHash, password);
        throw new AppError('sign_in_failed');
      }
      const auth = authentication.of(client.secure);
      try {
        const { headers: answer } = await auth.api.signInUsername({
          body: { username: known.login, password },
          headers,
          returnHeaders: true,
        });
        await attempts.forgive(subject);
        await endCurrent(auth, headers);
        return { accountId: known.id, cookies: answer.getSetCookie() };
      } catch (cause) {
        if (unauthorised(cause)) throw new AppError('sign_in_failed', { cause });
        throw cause;
      }
    },

    signOut({ client, headers }) {
      return endCurrent(authentication.of(client.secure), headers);
    },

    async changePassword(actor, { current, next }, { client, headers }) {
      const known = await findCredentials(db, { id: actor.id });
      if (known?.passwordHash == null) throw new AppError('password_wrong');
      const subject = { purpose: 'password', name: known.id, address: client.address } as const;
      await attempts.count(subject);
      if (!(await verifyPassword(known.passwordHash, current))) throw new AppError('password_wrong');
      await attempts.forgive(subject);
      checkPassword(next, known);
      const { headers: answer } = await authentication.of(client.secure).api.changePassword({
        body: { currentPassword: current, newPassword: next, revokeOtherSessions: true },
        headers,
        returnHeaders: true,
      });
      return answer.getSetCookie();
    },
  };
}
