export interface BackOff {
  /** Upper bound of the first pause. */
  firstMs: number;
  /** Upper bound of every pause. */
  longestMs: number;
}

export const reconnectBackOff: BackOff = { firstMs: 300, longestMs: 3000 };

/**
 * The pause before try `attempt` (from 0): doubling, with equal jitter (half fixed, half random), so that the rooms of
 * a whole alliance do not come back in the same instant after a server restart.
 */
export function backOffMs(
  attempt: number,
  { firstMs, longestMs }: BackOff,
  random: () => number = Math.random,
): number {
  const bound = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 20));
  return Math.round(bound / 2 + (bound / 2) * random());
}

/** Waits, but no longer than until the browser says that the network is back or the signal aborts. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      globalThis.removeEventListener?.('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    globalThis.addEventListener?.('online', done);
  });
}
