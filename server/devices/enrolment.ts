import { randomBytes, randomInt } from 'node:crypto';
import type { Attempts } from '../accounts/attempts.ts';
import type { Database } from '../database/database.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { hashKey } from '../http/cookies.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import {
  type AuthorizationRow,
  decide,
  findDecider,
  findPending,
  insertAuthorization,
  insertEnrolled,
  lockAuthorization,
  lockRoom,
  noteFetched,
  notePoll,
  replaceKey,
  revokeFormer,
} from './enrolment-repository.ts';
import type { Authorization, AuthorizationBody, Confirmation, EnrolmentRequest } from './enrolment-schema.ts';
import type { DevicePlace, Room } from './schema.ts';

/** Where a request comes from, as far as it can be believed. */
export interface Asking {
  address: string;
  browser: string;
  /** Origin under which it reached us. */
  origin: string;
}

/** A screen becomes a room's device by the consent of an operator's phone (RFC 8628). */
export interface Enrolment {
  /** @throws AppError `too_many_attempts` */
  ask(asking: Asking, body: AuthorizationBody): Promise<Authorization>;
  /**
   * The screen asks for its key.
   * @throws AppError `authorization_pending`, `slow_down`, `access_denied`, `expired_token` (RFC 8628 §3.5)
   */
  fetch(deviceCode: string): Promise<DevicePlace & { key: string }>;
  /** Who is asking under this code. @throws AppError `user_code_unknown`, `too_many_attempts` */
  request(actor: AccountActor, userCode: string, address: string): Promise<EnrolmentRequest>;
  /** @throws AppError `user_code_unknown`, `not_found`, `forbidden`, `too_many_attempts` */
  confirm(
    actor: AccountActor,
    userCode: string,
    choice: { roomId: string; name: string },
    address: string,
  ): Promise<Confirmation>;
  /** @throws AppError `user_code_unknown`, `too_many_attempts` */
  deny(actor: AccountActor, userCode: string, address: string): Promise<void>;
}

export interface EnrolmentOptions {
  db: Database;
  attempts: Attempts;
  /** Under which phones reach this server; null where it is known to none. */
  publicAddress?: string | null;
  onRevoked?: (deviceId: string) => void;
  /** @throws AppError `not_found`, `forbidden` */
  keptRoom(actor: AccountActor, roomId: string): Promise<Room>;
  placeOf(deviceId: string): Promise<DevicePlace>;
}

const lifeSeconds = 15 * 60;
const pollSeconds = 3;
/** RFC 8628 §3.5: each question that comes too early makes the pause longer. */
const slowerBySeconds = 5;
const slowestSeconds = 60;
/** An answer that was lost on the way is given once more. */
const fetchAgainMs = 60_000;
/** A question that is a trifle early by the network's jitter is no offence. */
const jitterMs = 500;
// RFC 8628 §6.1: no vowels, so no words; 20^8 codes are 34.6 bits, enough for a quarter of an hour of limited guessing.
const codeLetters = 'BCDFGHJKLMNPQRSTVWXZ';
const codeLength = 8;
const longestBrowser = 300;
const secretBytes = 32;

const secret = () => randomBytes(secretBytes).toString('base64url');
const makeUserCode = () =>
  Array.from({ length: codeLength }, () => codeLetters[randomInt(codeLetters.length)]).join('');
const written = (code: string) => `${code.slice(0, 4)}-${code.slice(4)}`;

type Fetched = { refused: ErrorCode } | { deviceId: string; key: string; revoked: string[] };

export function createEnrolment(options: EnrolmentOptions): Enrolment {
  const { db, attempts, publicAddress = null, onRevoked, keptRoom, placeOf } = options;

  /** Finds what a code stands for; who tries many codes is held up. */
  async function pending(actor: AccountActor, userCode: string, address: string): Promise<AuthorizationRow> {
    const subject = { purpose: 'user-code', name: actor.id, address } as const;
    await attempts.count(subject).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'account_locked') throw error;
      const { retryAfterSeconds } = error;
      throw new AppError('too_many_attempts', { cause: error, ...(retryAfterSeconds && { retryAfterSeconds }) });
    });
    const row = await findPending(db, hashKey(userCode));
    if (row === undefined) throw new AppError('user_code_unknown');
    await attempts.forgive(subject);
    return row;
  }

  async function giveKey(trx: Database, row: AuthorizationRow): Promise<Fetched> {
    const { room_id: roomId, name } = row;
    if (roomId === null || name === null || !(await lockRoom(trx, roomId))) return { refused: 'access_denied' };
    const key = secret();
    // The device in use goes once this one comes with its key.
    const revoked = await revokeFormer(trx, roomId, 'to come');
    const deviceId = await insertEnrolled(trx, { roomId, name, keyHash: hashKey(key) });
    await noteFetched(trx, row.id, deviceId);
    // Whoever confirmed it did it, from the address of the screen.
    const actor = await findDecider(trx, row);
    for (const id of revoked) await recordEvent(trx, 'device.revoked', { actor, id, address: row.address });
    await recordEvent(trx, 'device.enrolled', { actor, id: deviceId, address: row.address });
    return { deviceId, key, revoked };
  }

  async function giveKeyAgain(trx: Database, row: AuthorizationRow, now: Date): Promise<Fetched> {
    const late = row.fetched_at === null || now.getTime() - row.fetched_at.getTime() > fetchAgainMs;
    const key = secret();
    const given = row.device_id !== null && !late && (await replaceKey(trx, row.device_id, hashKey(key)));
    return given && row.device_id !== null
      ? { deviceId: row.device_id, key, revoked: [] }
      : { refused: 'expired_token' };
  }

  async function answer(trx: Database, deviceCode: string): Promise<Fetched> {
    const row = await lockAuthorization(trx, hashKey(deviceCode));
    if (row === undefined) return { refused: 'expired_token' };
    const now = new Date();
    const sinceMs = row.polled_at === null ? Number.POSITIVE_INFINITY : now.getTime() - row.polled_at.getTime();
    if (sinceMs < row.poll_seconds * 1000 - jitterMs) {
      await notePoll(trx, row.id, now, Math.min(row.poll_seconds + slowerBySeconds, slowestSeconds));
      return { refused: 'slow_down' };
    }
    if (row.state === 'fetched') return await giveKeyAgain(trx, row, now);
    await notePoll(trx, row.id, now, row.poll_seconds);
    if (row.state === 'denied') return { refused: 'access_denied' };
    return row.state === 'confirmed' ? await giveKey(trx, row) : { refused: 'authorization_pending' };
  }

  return {
    async ask(asking, { screen }) {
      await attempts.count({ purpose: 'device-authorization', address: asking.address });
      const [deviceCode, userCode] = [secret(), makeUserCode()];
      await insertAuthorization(db, {
        deviceCodeHash: hashKey(deviceCode),
        userCodeHash: hashKey(userCode),
        browser: asking.browser.slice(0, longestBrowser),
        screen: screen === undefined ? null : `${screen.width}×${screen.height}`,
        address: asking.address,
        pollSeconds,
        expiresAt: new Date(Date.now() + lifeSeconds * 1000),
      });
      const page = new URL('/enrol', publicAddress ?? asking.origin);
      const complete = new URL(page);
      complete.searchParams.set('code', written(userCode));
      return {
        device_code: deviceCode,
        user_code: written(userCode),
        verification_uri: page.href,
        verification_uri_complete: complete.href,
        expires_in: lifeSeconds,
        interval: pollSeconds,
      };
    },

    async fetch(deviceCode) {
      // What is noted of the question stays, also where the answer is a refusal.
      const fetched = await db.transaction().execute((trx) => answer(trx, deviceCode));
      if ('refused' in fetched) throw new AppError(fetched.refused);
      for (const id of fetched.revoked) onRevoked?.(id);
      return { ...(await placeOf(fetched.deviceId)), key: fetched.key };
    },

    async request(actor, userCode, address) {
      const row = await pending(actor, userCode, address);
      return {
        userCode: written(userCode),
        browser: row.browser,
        screen: row.screen,
        address: row.address,
        askedAt: row.created_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
      };
    },

    async confirm(actor, userCode, { roomId, name }, address) {
      const row = await pending(actor, userCode, address);
      const room = await keptRoom(actor, roomId);
      const decided = await decide(db, row.id, {
        state: 'confirmed',
        decided_by: actor.id,
        room_id: roomId,
        name,
      });
      if (!decided) throw new AppError('user_code_unknown');
      return { room, replaces: room.devices.find((device) => device.enrolledAt !== null) ?? null };
    },

    async deny(actor, userCode, address) {
      const row = await pending(actor, userCode, address);
      if (!(await decide(db, row.id, { state: 'denied', decided_by: actor.id })))
        throw new AppError('user_code_unknown');
    },
  };
}
