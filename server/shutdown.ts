import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface Shutdown {
  /** Aborted as soon as the end begins. */
  readonly signal: AbortSignal;
  /** What is opened later is closed earlier. */
  add(name: string, close: () => Promise<unknown> | unknown): void;
  /** Closes everything once, even when something cannot be closed. @returns whether all closed in time. */
  run(): Promise<boolean>;
}

interface Closer {
  name: string;
  close: () => Promise<unknown> | unknown;
}

/** The ordered end of the process: parts close in the reverse order of their opening, each within `partMs`. */
export function createShutdown({ log, partMs }: { log: Logger; partMs: number }): Shutdown {
  const closers: Closer[] = [];
  const ending = new AbortController();
  let running: Promise<boolean> | undefined;

  /** @returns false when the part did not close in time; it is then left to itself, and those below it still close. */
  async function closeOne({ name, close }: Closer): Promise<boolean> {
    const timer = new AbortController();
    const late = sleep(partMs, 'late' as const, { signal: timer.signal }).catch(() => 'closed' as const);
    try {
      const outcome = await Promise.race([Promise.resolve(close()).then(() => 'closed' as const), late]);
      if (outcome === 'late') log.error({ part: name }, 'a part did not close in time');
      return outcome === 'closed';
    } catch (error) {
      log.error({ part: name, err: error }, 'a part did not close in good order');
      return false;
    } finally {
      timer.abort();
    }
  }

  async function closeAll(): Promise<boolean> {
    ending.abort();
    let clean = true;
    for (const closer of closers.reverse()) clean = (await closeOne(closer)) && clean;
    return clean;
  }

  return {
    signal: ending.signal,
    add: (name, close) => closers.push({ name, close }),
    run() {
      running ??= closeAll();
      return running;
    },
  };
}
