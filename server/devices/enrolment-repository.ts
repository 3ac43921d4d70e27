import { type Selectable, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { DeviceAuthorizationTable } from '../database/tables/devices.ts';
import type { Doer } from '../trail/trail.ts';

export type AuthorizationRow = Selectable<DeviceAuthorizationTable>;

export interface NewAuthorization {
  deviceCodeHash: Buffer;
  userCodeHash: Buffer;
  browser: string;
  screen: string | null;
  address: string;
  pollSeconds: number;
  expiresAt: Date;
}

/** Longer than the longest pause between two questions of a screen. */
const fetchSeconds = 120;
const atLeastFor = (seconds: number) => sql<Date>`greatest(expires_at, now() + make_interval(secs => ${seconds}))`;

/** What is over is swept away on the way. */
export async function insertAuthorization(db: Database, asked: NewAuthorization): Promise<void> {
  await db.deleteFrom('device_authorization').where('expires_at', '<', sql<Date>`now() - interval '1 hour'`).execute();
  await db
    .insertInto('device_authorization')
    .values({
      device_code_hash: asked.deviceCodeHash,
      user_code_hash: asked.userCodeHash,
      browser: asked.browser,
      screen: asked.screen,
      address: asked.address,
      poll_seconds: asked.pollSeconds,
      expires_at: asked.expiresAt,
    })
    .execute();
}

/** Kept from changing until the transaction ends, so that of two questions at once the second is too early. */
export async function lockAuthorization(trx: Database, deviceCodeHash: Buffer): Promise<AuthorizationRow | undefined> {
  return await trx
    .selectFrom('device_authorization')
    .selectAll()
    .where('device_code_hash', '=', deviceCodeHash)
    .where('expires_at', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
}

export async function notePoll(trx: Database, id: string, at: Date, pollSeconds: number): Promise<void> {
  await trx
    .updateTable('device_authorization')
    .set({ polled_at: at, poll_seconds: pollSeconds })
    .where('id', '=', id)
    .execute();
}

export async function findPending(db: Database, userCodeHash: Buffer): Promise<AuthorizationRow | undefined> {
  return await db
    .selectFrom('device_authorization')
    .selectAll()
    .where('user_code_hash', '=', userCodeHash)
    .where('state', '=', 'pending')
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
}

/**
 * What is confirmed at the last moment can still be fetched.
 * @returns false when it was decided already, or is over.
 */
export async function decide(
  db: Database,
  id: string,
  decision: { decided_by: string } & ({ state: 'denied' } | { state: 'confirmed'; room_id: string; name: string }),
): Promise<boolean> {
  const decided = await db
    .updateTable('device_authorization')
    .set({ ...decision, ...(decision.state === 'confirmed' && { expires_at: atLeastFor(fetchSeconds) }) })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('id')
    .executeTakeFirst();
  return decided !== undefined;
}

/** Who confirmed or denied it, for the trail; null where the account is gone. */
export async function findDecider(trx: Database, { decided_by: id }: Pick<AuthorizationRow, 'decided_by'>) {
  if (id === null) return null;
  const account = await trx
    .selectFrom('account')
    .select(['id', 'school_id as schoolId'])
    .where('id', '=', id)
    .executeTakeFirst();
  return account === undefined ? null : ({ kind: 'account', ...account } satisfies Doer);
}

/** By whom and from where a screen became this device; one that came by a link, or long ago, was confirmed by nobody. */
export async function findConfirmation(
  trx: Database,
  deviceId: string,
): Promise<{ actor: Doer | null; address?: string }> {
  const row = await trx
    .selectFrom('device_authorization')
    .select(['decided_by', 'address'])
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
  return row === undefined ? { actor: null } : { actor: await findDecider(trx, row), address: row.address };
}

export async function noteFetched(trx: Database, id: string, deviceId: string): Promise<void> {
  await trx
    .updateTable('device_authorization')
    .set({
      state: 'fetched',
      device_id: deviceId,
      fetched_at: sql<Date>`now()`,
      expires_at: atLeastFor(fetchSeconds),
    })
    .where('id', '=', id)
    .execute();
}

/**
 * Of two screens for one room at once the second waits for the first, so that it finds what it takes the place of.
 * @returns false when the room is gone
 */
export async function lockRoom(trx: Database, roomId: string): Promise<boolean> {
  const room = await trx
    .selectFrom('room')
    .select('id')
    .where('id', '=', roomId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return room !== undefined;
}

/**
 * A room has one device in use, and at most one that has yet to come for the first time.
 * @returns the ids of those that lost their key.
 */
export async function revokeFormer(trx: Database, roomId: string, which: 'in use' | 'to come'): Promise<string[]> {
  const revoked = await trx
    .updateTable('device')
    .set({ revoked_at: new Date(), key_hash: null, enrolment_code_hash: null })
    .where('room_id', '=', roomId)
    .where('key_hash', 'is not', null)
    .where('key_used_at', which === 'in use' ? 'is not' : 'is', null)
    .returning('id')
    .execute();
  return revoked.map(({ id }) => id);
}

/** A device that has a key, and the room where it stands. */
export async function findKeyHolder(db: Database, id: string) {
  return await db
    .selectFrom('device')
    .select(['room_id as roomId', 'key_used_at as keyUsedAt'])
    .where('id', '=', id)
    .where('key_hash', 'is not', null)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
}

export async function noteFirstUse(trx: Database, id: string): Promise<void> {
  await trx.updateTable('device').set({ key_used_at: sql<Date>`now()` }).where('id', '=', id).execute();
}

export async function insertEnrolled(
  trx: Database,
  device: { roomId: string; name: string; keyHash: Buffer },
): Promise<string> {
  const now = new Date();
  const { id } = await trx
    .insertInto('device')
    .values({
      room_id: device.roomId,
      name: device.name,
      key_hash: device.keyHash,
      enrolled_at: now,
      last_seen_at: now,
      key_sent_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A device that has not got its key yet. @returns false when it has used it, or was revoked meanwhile. */
export async function replaceKey(trx: Database, id: string, keyHash: Buffer): Promise<boolean> {
  const row = await trx
    .updateTable('device')
    .set({ key_hash: keyHash, key_sent_at: new Date() })
    .where('id', '=', id)
    .where('key_used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** True once every so often: the device's cookie is due to be sent anew. */
export async function takeRenewal(db: Database, id: string, everyDays: number): Promise<boolean> {
  const row = await db
    .updateTable('device')
    .set({ key_sent_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where((where) =>
      where.or([
        where('key_sent_at', 'is', null),
        where('key_sent_at', '<', sql<Date>`now() - make_interval(days => ${everyDays})`),
      ]),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
