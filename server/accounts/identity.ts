import { getCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Database } from '../database/database.ts';
import { cookieName, deviceCookie, hashKey, readSigned, signInCookie } from '../http/cookies.ts';
import type { Actor, Env, Role } from '../http/route.ts';
import { type Authentication, renewalSeconds, signInSeconds } from './authentication.ts';

interface FoundAccount {
  actor: Actor;
  expiresAt: Date;
}

/** Asked for every request, so it is planned once a connection. */
const accountByTokenStatement = {
  name: 'account-by-token',
  text: `
    select account.id, account.role, account.school_id as "schoolId", sign_in.id as "signInId", sign_in.expires_at as "expiresAt", array(
      select alliance_id from alliance_school where school_id = account.school_id
      union select account.alliance_id where account.alliance_id is not null
    ) as "allianceIds"
    from sign_in join account on account.id = sign_in.account_id
    where sign_in.token = $1 and sign_in.expires_at > now() and account.disabled_at is null`,
};

async function accountByToken(pool: Pool, token: string): Promise<FoundAccount | null> {
  const { rows } = await pool.query<{
    id: string;
    role: Role;
    schoolId: string | null;
    signInId: string;
    allianceIds: string[];
    expiresAt: Date;
  }>({ ...accountByTokenStatement, values: [token] });
  const row = rows[0];
  if (row === undefined) return null;
  const { expiresAt, ...account } = row;
  return { actor: { kind: 'account', ...account }, expiresAt };
}

/** One statement reads the device and, once a minute, notes that it was seen. */
async function deviceByKey(db: Database, key: string): Promise<{ actor: Actor; used: boolean } | null> {
  const { rows } = await sql<{ id: string; roomId: string; schoolId: string; allianceIds: string[]; used: boolean }>`
    with found as (
      select device.id, device.room_id, room.school_id, device.last_seen_at, device.key_used_at
      from device join room on room.id = device.room_id
      where device.key_hash = ${hashKey(key)} and device.revoked_at is null and room.deleted_at is null
    ), seen as (
      update device set last_seen_at = now() from found
      where device.id = found.id and (found.last_seen_at is null or found.last_seen_at < now() - interval '1 minute')
    )
    select id, room_id as "roomId", school_id as "schoolId", key_used_at is not null as used,
      array(select alliance_id from alliance_school where alliance_school.school_id = found.school_id) as "allianceIds"
    from found`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  const { used, ...device } = row;
  return { actor: { kind: 'device', ...device }, used };
}

export interface IdentityOptions {
  db: Database;
  /** Of the same database. */
  pool: Pool;
  authentication: Authentication;
  /** The one that the cookies are signed with. */
  secret: string;
  /** A device has come with its key for the first time. @returns false when it has none any more */
  keyUsed(deviceId: string): Promise<boolean>;
}

/**
 * Finds out who asks, with one query. On an enrolled machine where a person has signed in, requests come from that
 * person; the room's page says `Tongke-As: device`, its images say `as=device`, and the device's own routes need not.
 */
export function identify({ db, pool, authentication, secret, keyUsed }: IdentityOptions) {
  return createMiddleware<Env>(async (c, next) => {
    const { secure, address } = c.get('client');
    const asked = { address, knownAt: Date.now() };
    const key = getCookie(c, cookieName(deviceCookie, secure));
    const asDevice =
      c.req.header('tongke-as') === 'device' || c.req.query('as') === 'device' || c.req.path.startsWith('/api/device/');
    const signedIn = getCookie(c, cookieName(signInCookie, secure));
    const token = signedIn === undefined ? null : readSigned(signedIn, secret);

    if (token && !(asDevice && key)) {
      const found = await accountByToken(pool, token);
      c.set('actor', found && { ...found.actor, ...asked });
      const age = found === null ? 0 : signInSeconds - (found.expiresAt.getTime() - Date.now()) / 1000;
      if (age > renewalSeconds) {
        const { headers } = await authentication
          .of(secure)
          .api.getSession({ headers: c.req.raw.headers, returnHeaders: true });
        for (const cookie of headers.getSetCookie()) c.header('set-cookie', cookie, { append: true });
      }
    }
    if (key && c.get('actor') === null) {
      const device = await deviceByKey(db, key);
      const holds = device !== null && (device.used || (await keyUsed(device.actor.id)));
      c.set('actor', holds ? { ...device.actor, ...asked } : null);
    }
    await next();
  });
}
