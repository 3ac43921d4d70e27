import type { Pool, PoolClient } from 'pg';

/** A pause that a notification of the database ends early. */
export interface Wake {
  /** Resolves after `ms`, on a notification, or at once when one came since the last pause. */
  pause(ms: number): Promise<void>;
  close(): void;
}

/**
 * Listens on a channel of PostgreSQL, with one connection of the pool. A broken connection is replaced at
 * the next pause; until then the time alone wakes.
 */
export function createWake(pool: Pool, channel: string, signal: AbortSignal): Wake {
  let client: PoolClient | undefined;
  let pending = false;
  let end: (() => void) | undefined;

  function ring() {
    pending = true;
    end?.();
  }

  function drop(error?: Error) {
    client?.removeAllListeners('notification');
    client?.release(error ?? true);
    client = undefined;
  }

  async function listen() {
    if (client || signal.aborted) return;
    client = await pool.connect();
    client.on('notification', ring);
    client.once('error', drop);
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    // What was notified before is not told again.
    pending = true;
  }

  signal.addEventListener('abort', ring, { once: true });
  return {
    async pause(ms) {
      await listen();
      if (!pending) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        end = undefined;
      }
      pending = false;
    },
    close() {
      signal.removeEventListener('abort', ring);
      drop();
    },
  };
}
