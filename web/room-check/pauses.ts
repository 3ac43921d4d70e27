/** Waits, unless what it waits for is given up: then it rejects at once. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    signal.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      fail(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      done();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** What the work gives, or null when it takes longer. */
export async function within<T>(ms: number, signal: AbortSignal, work: Promise<T>): Promise<T | null> {
  const waiting = new AbortController();
  const stop = (): void => waiting.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, pause(ms, waiting.signal).then(() => null)]);
  } finally {
    signal.removeEventListener('abort', stop);
    waiting.abort();
  }
}
