import { readContentFrom } from '../api/files.ts';
import { ApiError } from '../api/problem.ts';
import { type BackOff, backOffMs, pause } from '../state/back-off.ts';

export interface ReceiveOptions {
  fileId: string;
  bytes: number;
  /** Bytes that are kept already. */
  received: number;
  /** Keeps what came at this place for good. @throws ApiError where there is no room for it */
  keep(from: number, part: Blob): Promise<void>;
  /** Bytes that have come, the kept ones among them. */
  progress(bytes: number): void;
  /** Nothing comes; it is asked for again. */
  waiting(): void;
  /** Stops; what has come is kept before this rejects. */
  signal: AbortSignal;
  /** For tests. */
  read?: (id: string, from: number, signal: AbortSignal) => Promise<Pick<Response, 'status' | 'body'>>;
  backOff?: BackOff;
  stalledAfterMs?: number;
}

/** So much is lost at most when the page is gone without a word. */
const partBytes = 1024 * 1024;
const patient: BackOff = { firstMs: 1000, longestMs: 15_000 };

/** The server is restarting, or too many ask at once: it passes. */
const passes = (error: unknown): boolean =>
  !(error instanceof ApiError) || error.code === 'offline' || error.status >= 500 || error.status === 429;

/**
 * Receives a file from where it was left to its end, over however many connections that takes. The content behind an id never changes, so
 * parts of different days fit together.
 * @throws ApiError when the file is not given any more, or cannot be kept; AbortError when it was stopped
 */
export async function receive(options: ReceiveOptions): Promise<void> {
  const { fileId, bytes, keep, progress, waiting, signal, read = readContentFrom, backOff = patient } = options;
  // A dead line often reports nothing at all; this long without a byte counts as dead.
  const { stalledAfterMs = 20_000 } = options;
  let at = options.received;
  let tries = 0;

  async function receiveSome(): Promise<void> {
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener('abort', stop);
    let watchdog = setTimeout(stop, stalledAfterMs);
    let pieces: Uint8Array<ArrayBuffer>[] = [];
    let gathered = 0;
    async function keepGathered(): Promise<void> {
      if (gathered === 0) return;
      const part = new Blob(pieces);
      [pieces, gathered] = [[], 0];
      await keep(at, part);
      at += part.size;
    }
    try {
      const response = await read(fileId, at, connection.signal);
      if (at > 0 && response.status !== 206) throw new ApiError('internal', response.status, null);
      const reader = response.body?.getReader();
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
        clearTimeout(watchdog);
        watchdog = setTimeout(stop, stalledAfterMs);
        tries = 0;
        pieces.push(next.value);
        gathered += next.value.byteLength;
        progress(at + gathered);
        if (gathered >= partBytes) await keepGathered();
      }
    } finally {
      clearTimeout(watchdog);
      signal.removeEventListener('abort', stop);
      await keepGathered();
    }
  }

  while (at < bytes) {
    signal.throwIfAborted();
    try {
      await receiveSome();
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error;
    }
    if (at >= bytes) return;
    waiting();
    await pause(backOffMs(tries, backOff), signal);
    tries += 1;
  }
}
