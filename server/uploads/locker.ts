import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock, Locker, RequestRelease } from '@tus/utils';
import pg from 'pg';
import type { Logger } from 'pino';
import { AppError } from '../errors.ts';

export interface UploadLockerOptions {
  databaseUrl: string;
  log: Logger;
  /** How long a holder that was asked to give way may go on writing. */
  drainMs: number;
  /** How long to wait for a lock. */
  waitMs?: number;
}

export interface UploadLocker extends Locker {
  close(): Promise<void>;
}

const CHANNEL = 'upload_release';
const RETRY_MS = 100;
const ASK_AGAIN_MS = 1000;

interface Session {
  client: pg.Client;
  lost: boolean;
}

/** A lock that this process holds, or is about to. */
interface Holder {
  session: Session | null;
  requestRelease: RequestRelease;
  released: PromiseWithResolvers<void>;
}

/**
 * Locks of uploads that hold between processes: advisory locks of PostgreSQL, all on one connection of their own, so
 * that an upload over a slow line takes none from the pool. PostgreSQL lets go of them by itself when a process dies.
 * Who wants a lock asks its holder to give way, through NOTIFY, as the tus library's Locker is meant to.
 *
 * A process that loses the connection has lost its locks: it cuts the writers off, and takes no new locks until they
 * must be gone.
 */
export function createUploadLocker({ databaseUrl, log, drainMs, waitMs = 30_000 }: UploadLockerOptions): UploadLocker {
  const holders = new Map<string, Holder>();
  let opening: Promise<Session> | undefined;
  let noLocksBefore = 0;
  let closed = false;

  async function openSession(): Promise<Session> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'tongke-uploads',
      keepAlive: true,
      // The server notices a machine that vanished within half a minute.
      options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4',
    });
    const session: Session = { client, lost: false };
    const lose = () => {
      if (session.lost) return;
      session.lost = true;
      opening = undefined;
      if (closed) return;
      noLocksBefore = Date.now() + 2 * drainMs;
      log.warn('the connection of the upload locks was lost');
      for (const holder of holders.values()) if (holder.session === session) void holder.requestRelease();
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', ({ channel, payload }) => {
      const holder = payload === undefined ? undefined : holders.get(payload);
      if (channel === CHANNEL && holder?.session) void holder.requestRelease();
    });
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    return session;
  }

  function getSession(): Promise<Session> {
    opening ??= openSession().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  async function call(
    session: Session,
    name: 'pg_try_advisory_lock' | 'pg_advisory_unlock',
    id: string,
  ): Promise<boolean> {
    const { rows } = await session.client.query<{ done: boolean }>(
      `select ${name}(hashtextextended('upload:' || $1, 0)) as done`,
      [id],
    );
    return rows[0]?.done ?? false;
  }

  const isAborted = (signal: AbortSignal) => signal.aborted;

  async function acquire(id: string, signal: AbortSignal, until: number): Promise<Session> {
    let askAt = 0;
    for (;;) {
      if (isAborted(signal) || Date.now() > until) throw new AppError('upload_locked', { retryAfterSeconds: 5 });
      const session = await getSession();
      if (Date.now() >= noLocksBefore && (await call(session, 'pg_try_advisory_lock', id))) return session;
      if (Date.now() >= askAt) {
        await session.client.query('select pg_notify($1, $2)', [CHANNEL, id]);
        askAt = Date.now() + ASK_AGAIN_MS;
      }
      await sleep(RETRY_MS);
    }
  }

  /** Waits until no request of this process has the lock. */
  async function waitForOthers(id: string, signal: AbortSignal, until: number): Promise<void> {
    for (let other = holders.get(id); other; other = holders.get(id)) {
      if (isAborted(signal) || Date.now() > until) throw new AppError('upload_locked', { retryAfterSeconds: 5 });
      await other.requestRelease();
      await Promise.race([other.released.promise, sleep(RETRY_MS)]);
    }
  }

  function newLock(id: string): Lock {
    let mine: Holder | undefined;

    function release(): void {
      if (mine && holders.get(id) === mine) holders.delete(id);
      mine?.released.resolve();
      mine = undefined;
    }

    return {
      async lock(signal, requestRelease) {
        const until = Date.now() + waitMs;
        await waitForOthers(id, signal, until);
        mine = { session: null, requestRelease, released: Promise.withResolvers() };
        holders.set(id, mine);
        try {
          mine.session = await acquire(id, signal, until);
        } catch (error) {
          release();
          throw error;
        }
      },

      async unlock() {
        const session = mine?.session;
        try {
          if (session && !session.lost) await call(session, 'pg_advisory_unlock', id);
        } catch (error) {
          // Ending the connection ends the lock for certain.
          log.warn({ err: error }, 'an upload lock could not be given back');
          await session?.client.end();
        } finally {
          release();
        }
      },
    };
  }

  return {
    newLock,
    async close() {
      closed = true;
      const session = await opening?.catch(() => undefined);
      await session?.client.end();
    },
  };
}
