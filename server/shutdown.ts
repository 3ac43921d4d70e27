import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface Shutdown {
  /** Aborted as soon as the end begins. */
  readonly signal: AbortSignal;
  /** What is opened later is closed earlier. */
  add(name: string, close: () => Promise<unknown> | unknown): void;
  /**
   * Closes everything once, even when something cannot be closed. What is just being opened, until `opening` settles, is
   * closed as well.
   * @returns whether all closed in time.
   */
  run(opening?: Promise<unknown>): Promise<boolean>;
}

interface Closer {
  name: string;
  close: () => Promise<unknown> | unknown;
}

export interface ShutdownOptions {
  log: Logger;
  /** The longest that one part may take. */
  partMs: number;
  /** The longest that all of them may take together. */
  wholeMs: number;
}

/** What a part gets when those before it have used up the time. */
const leastMs = 250;

/** The ordered end of the process: parts close in the reverse order of their opening. */
export function createShutdown({ log, partMs, wholeMs }: ShutdownOptions): Shutdown {
  const closers: Closer[] = [];
  const ending = new AbortController();
  let running: Promise<boolean> | undefined;

  /** @returns false when the part did not close in time; it is then left to itself, and those below it still close. */
  async function closeOne({ name, close }: Closer, withinMs: number): Promise<boolean> {
    const timer = new AbortController();
    const late = sleep(withinMs, 'late' as const, { signal: timer.signal }).catch(() => 'closed' as const);
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

  async function closeAll(opening: Promise<unknown>): Promise<boolean> {
    const deadline = performance.now() + wholeMs;
    const within = () => Math.max(leastMs, Math.min(partMs, deadline - performance.now()));
    ending.abort();
    const opened = opening.catch((error: unknown) => log.debug({ err: error }, 'the start was broken off'));
    let clean = await closeOne({ name: 'start', close: () => opened }, within());
    for (const closer of closers.reverse()) clean = (await closeOne(closer, within())) && clean;
    return clean;
  }

  return {
    signal: ending.signal,
    add: (name, close) => closers.push({ name, close }),
    run(opening = Promise.resolve()) {
      running ??= closeAll(opening);
      return running;
    },
  };
}
