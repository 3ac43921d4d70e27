import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse, serialize } from 'hono/utils/cookie';
import { cookieName, knownBrowserCookie, longestCookieSeconds } from '../http/cookies.ts';
import type { Credentials } from './repository.ts';
import type { SignInRequest } from './sign-in.ts';

type Account = Pick<Credentials, 'id' | 'passwordHash'>;

/**
 * Browsers in which somebody has signed in keep a mark for each account (OWASP's device cookie), so that their attempts are counted apart
 * from strangers'. A mark lets nobody in.
 */
export interface KnownBrowsers {
  /** Its mark for the account; undefined when it has none that the account's present password was typed for. */
  markOf(account: Account, request: SignInRequest): string | undefined;
  /** Gives it a new mark in place of the one it has. @returns the Set-Cookie value */
  remember(account: Account, request: SignInRequest): string;
}

/** Of a machine that many use: whoever has not signed in for the longest time is forgotten. */
const mostAccounts = 12;
const markBytes = 12;
const markLength = Math.ceil((markBytes * 8) / 6);

/** @param secret signs the marks; the one of the other cookies will do, as none of them is signed over these words */
export function createKnownBrowsers(secret: string): KnownBrowsers {
  const cookieOf = (request: SignInRequest) => cookieName(knownBrowserCookie, request.client.secure);

  function sealedOf(request: SignInRequest): string[] {
    const name = cookieOf(request);
    const sealed = parse(request.headers.get('cookie') ?? '', name)[name]?.split('.') ?? [];
    return sealed.filter((one) => one.length > markLength).slice(0, mostAccounts);
  }

  /** With a new password every mark for the account is worth nothing. */
  const signatureOf = ({ id, passwordHash }: Account, mark: string) =>
    createHmac('sha256', secret).update(['known browser', id, passwordHash, mark].join('\0')).digest();

  function isOf(account: Account, sealed: string): boolean {
    const expected = signatureOf(account, sealed.slice(0, markLength));
    const given = Buffer.from(sealed.slice(markLength), 'base64url');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  return {
    markOf(account, request) {
      if (account.passwordHash === null) return undefined;
      return sealedOf(request)
        .find((sealed) => isOf(account, sealed))
        ?.slice(0, markLength);
    },

    remember(account, request) {
      const mark = randomBytes(markBytes).toString('base64url');
      const others = sealedOf(request).filter((sealed) => !isOf(account, sealed));
      const sealed = [mark + signatureOf(account, mark).toString('base64url'), ...others].slice(0, mostAccounts);
      return serialize(cookieOf(request), sealed.join('.'), {
        httpOnly: true,
        sameSite: 'Strict',
        secure: request.client.secure,
        path: '/api',
        maxAge: longestCookieSeconds,
      });
    },
  };
}
