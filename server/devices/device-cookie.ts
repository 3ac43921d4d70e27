import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import { cookieName, deviceCookie } from '../http/cookies.ts';
import type { Env } from '../http/route.ts';

/** Browsers keep no cookie longer than 400 days (RFC 6265bis §5.5). */
const cookieSeconds = 400 * 24 * 60 * 60;

/** Gives the room's machine its key. No script of a page can read it. */
export function sendDeviceKey(c: Context<Env>, key: string): void {
  const { secure } = c.get('client');
  setCookie(c, cookieName(deviceCookie, secure), key, {
    httpOnly: true,
    sameSite: 'Lax',
    secure,
    path: '/',
    maxAge: cookieSeconds,
  });
}
