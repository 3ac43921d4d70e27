import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A person's sign-in. */
export const signInCookie = 'tongke_sign_in';
/** The key of a room's machine. */
export const deviceCookie = 'tongke_device';
/** Who has signed in with this browser before. */
export const knownBrowserCookie = 'tongke_known_browser';

/** Browsers keep no cookie longer than 400 days (RFC 6265bis §5.5). */
export const longestCookieSeconds = 400 * 24 * 60 * 60;

/** Cookies that came by https have names of their own, so that a page read over http cannot overwrite them (RFC 6265bis §4.1.3). */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Secure-${name}` : name;
}

/** How random keys and codes are kept: SHA-256, since nothing is guessed faster than 256 bits or a short-lived code. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/**
 * The value of a signed cookie, `value.signature` with HMAC-SHA-256 in base64; null when the signature is not ours. It is
 * checked on the spot: WebCrypto goes to a thread and back three times, for each request.
 */
export function readSigned(cookie: string, secret: string): string | null {
  const at = cookie.lastIndexOf('.');
  if (at < 1) return null;
  const value = cookie.slice(0, at);
  const given = Buffer.from(cookie.slice(at + 1), 'base64');
  const expected = createHmac('sha256', secret).update(value).digest();
  return given.length === expected.length && timingSafeEqual(given, expected) ? value : null;
}
