import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import { cookieName, deviceCookie, longestCookieSeconds } from '../http/cookies.ts';
import type { Env } from '../http/route.ts';

/** Gives the room's machine its key. No script of a page can read it. */
export function sendDeviceKey(c: Context<Env>, key: string): void {
  const { secure } = c.get('client');
  setCookie(c, cookieName(deviceCookie, secure), key, {
    httpOnly: true,
    sameSite: 'Lax',
    secure,
    path: '/',
    maxAge: longestCookieSeconds,
  });
}
