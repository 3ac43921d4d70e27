import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';

export interface AttemptOptions {
  /** Failures of one name within the window before it is locked, and of each browser that is known for it. */
  limit: number;
  windowMs: number;
}

/** Slows guessing down, across processes: one counter a subject, kept in the database. */
export interface Attempts {
  /**
   * Counts an attempt before it is judged, so that many at once cannot slip through.
   * @throws AppError `account_locked` when the name (or the known browser), `too_many_attempts` when the address has used up its attempts.
   */
  count(subject: AttemptSubject): Promise<void>;
  /** Takes the attempt back, because it succeeded. */
  forgive(subject: AttemptSubject): Promise<void>;
  /** Removes counters whose window is over. */
  clean(): Promise<void>;
}

export interface AttemptSubject {
  /** What is being guessed: counters of different purposes do not touch. */
  purpose: 'sign-in' | 'password' | 'enrolment' | 'set-up' | 'device-authorization' | 'user-code';
  /** The guessed account, where there is one. Existing and unknown names are counted alike. */
  name?: string;
  /** The mark of a browser in which that account was signed in to: it has a counter to itself, which strangers do not use up. */
  browser?: string | undefined;
  address: string;
}

/** A whole school may sit behind one address. */
const addressFactor = 10;

/** One subscriber of IPv6 has a /64 (RFC 6177), so its addresses count as one. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv6' ? parsed.toByteArray().slice(0, 8).join('.') : parsed.toString();
}

/** Keys are hashes, so that the table lists neither names nor addresses of people. */
function keysOf({ purpose, name, browser, address }: AttemptSubject) {
  const key = (kind: string, value: string) =>
    createHash('sha256').update(`${purpose}\0${kind}\0${value}`).digest('base64url');
  const nameKey = (of: string) => (browser === undefined ? key('name', of) : key('browser', `${of}\0${browser}`));
  return { name: name === undefined ? null : nameKey(name), address: key('address', networkOf(address)) };
}

export function createAttempts(db: Database, options: AttemptOptions): Attempts {
  const window = sql<Date>`now() - make_interval(secs => ${options.windowMs / 1000})`;
  const lock = sql<Date>`now() + make_interval(secs => ${options.windowMs / 1000})`;

  /** @returns seconds until the next attempt is admitted, or null when this one is. */
  async function add(key: string, limit: number): Promise<number | null> {
    const { rows } = await sql<{ wait: number | null }>`
      insert into attempt as a (key, count, window_started_at, locked_until)
      values (${key}, 1, now(), null)
      on conflict (key) do update set
        count = case
          when a.locked_until > now() then a.count
          when a.locked_until is not null or a.window_started_at < ${window} then 1
          else a.count + 1 end,
        window_started_at = case
          when a.locked_until > now() then a.window_started_at
          when a.locked_until is not null or a.window_started_at < ${window} then now()
          else a.window_started_at end,
        locked_until = case
          when a.locked_until > now() then a.locked_until
          when a.locked_until is null and a.window_started_at >= ${window} and a.count >= ${limit} then ${lock}
          else null end
      returning extract(epoch from locked_until - now())::float as wait`.execute(db);
    return rows[0]?.wait ?? null;
  }

  return {
    async count(subject) {
      const keys = keysOf(subject);
      const addressWait = await add(keys.address, options.limit * addressFactor);
      if (addressWait !== null) throw new AppError('too_many_attempts', { retryAfterSeconds: addressWait });
      if (keys.name === null) return;
      const nameWait = await add(keys.name, options.limit);
      if (nameWait !== null) throw new AppError('account_locked', { retryAfterSeconds: nameWait });
    },

    async forgive(subject) {
      const keys = keysOf(subject);
      await db
        .updateTable('attempt')
        .set({ count: sql`greatest(count - 1, 0)` })
        .where('key', '=', keys.address)
        .execute();
      if (keys.name !== null) await db.deleteFrom('attempt').where('key', '=', keys.name).execute();
    },

    async clean() {
      await db
        .deleteFrom('attempt')
        .where('window_started_at', '<', window)
        .where((where) => where.or([where('locked_until', 'is', null), where('locked_until', '<', sql<Date>`now()`)]))
        .execute();
    },
  };
}
