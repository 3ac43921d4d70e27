import { createHmac } from 'node:crypto';
import { type IceServer, isTurn } from './protocol.ts';

/** The clock of the relay may be ahead of ours. */
const marginMs = 5 * 60 * 1000;

/**
 * Gives TURN servers a credential that ends by itself: the user name says until when, the password is its HMAC-SHA1 by
 * the secret shared with the server (the TURN REST API, draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`).
 * Servers that have a credential of their own keep it.
 * @param until milliseconds since 1970: a relay asks for the credential again while it is in use, and so does a new way
 */
export function iceServersFor(
  servers: readonly IceServer[],
  secret: string | undefined,
  holder: string,
  until: number,
): IceServer[] {
  if (secret === undefined) return [...servers];
  const username = `${Math.ceil((until + marginMs) / 1000)}:${holder}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return servers.map((server) =>
    server.credential === undefined && server.urls.some(isTurn) ? { ...server, username, credential } : server,
  );
}
