import { betterAuth } from 'better-auth';
import { username } from 'better-auth/plugins';
import type { Database } from '../database/database.ts';
import { signInCookie } from '../http/cookies.ts';
import { hashPassword, passwordLength, verifyPassword } from './password.ts';

const daySeconds = 24 * 60 * 60;

/** A sign-in ends after so long without use; each day of use sets it back to the whole time. */
export const signInSeconds = 30 * daySeconds;
export const renewalSeconds = daySeconds;

export interface AuthenticationOptions {
  db: Database;
  /** Signs the cookies; at least 32 characters, the same in every process. */
  secret: string;
}

/** Its models live in our tables, under our names. Nobody signs up by himself, and none of its own routes is served. */
function createAuth({ db, secret }: AuthenticationOptions, secure: boolean) {
  return betterAuth({
    secret,
    // Only links in mails would need it, and there are none.
    baseURL: secure ? 'https://localhost' : 'http://localhost',
    database: { db, type: 'postgres', transaction: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.minimum,
      maxPasswordLength: passwordLength.maximum,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    user: {
      modelName: 'account',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      // It inserts no accounts, but checks at its start that it could.
      additionalFields: { role: { type: 'string', required: true, input: false } },
    },
    account: {
      modelName: 'credential',
      fields: {
        userId: 'account_id',
        accountId: 'external_id',
        providerId: 'provider',
        password: 'password_hash',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    session: {
      modelName: 'sign_in',
      fields: {
        userId: 'account_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      expiresIn: signInSeconds,
      updateAge: renewalSeconds,
    },
    verification: {
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      cookiePrefix: 'tongke',
      cookies: { session_token: { name: signInCookie } },
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      useSecureCookies: secure,
      database: { generateId: false },
      ipAddress: { disableIpTracking: true },
    },
    plugins: [
      username({
        minUsernameLength: 3,
        maxUsernameLength: 32,
        usernameValidator: (login) => /^[a-z][a-z0-9._-]*$/i.test(login),
        schema: { user: { fields: { username: 'login', displayUsername: 'display_login' } } },
      }),
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;

/** Chooses by how the browser reached us: over https the cookie is Secure and has a name of its own. */
export interface Authentication {
  of(secure: boolean): Auth;
}

export function createAuthentication(options: AuthenticationOptions): Authentication {
  const plain = createAuth(options, false);
  const secured = createAuth(options, true);
  return { of: (secure) => (secure ? secured : plain) };
}
