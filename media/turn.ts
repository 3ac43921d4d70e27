import { createHmac } from 'node:crypto';
import { type IceServer, isTurn } from './protocol.ts';

/** Longer than any lesson: a relay asks for the credential again while it is in use. */
const lifeSeconds = 12 * 60 * 60;

/**
 * Gives TURN servers a credential that ends by itself: the user name says until when, the password is its HMAC-SHA1 by
 * the secret shared with the server (the TURN REST API, draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`).
 * Servers that have a credential of their own keep it.
 */
export function iceServersFor(
  servers: readonly IceServer[],
  secret: string | undefined,
  holder: string,
  now = Date.now(),
): IceServer[] {
  if (secret === undefined) return [...servers];
  const username = `${Math.floor(now / 1000) + lifeSeconds}:${holder}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return servers.map((server) =>
    server.credential === undefined && server.urls.some(isTurn) ? { ...server, username, credential } : server,
  );
}
