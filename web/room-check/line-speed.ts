import { downloadNoise, uploadNoise } from '../api/rooms.ts';

const downBytes = 4 * 1024 * 1024;
const downMs = 2500;
/** The first tells how large the next may be: a thin line is not held up for long. */
const upSteps = [32, 256, 1024].map((kilobytes) => kilobytes * 1024);
const upEnoughMs = 700;
const longestMs = 8000;
/** As much as getRandomValues gives at once. */
const pieceBytes = 65_536;
const fastestKbps = 1e7;

const kbpsOf = (bytes: number, ms: number): number => Math.min(fastestKbps, Math.round((bytes * 8) / Math.max(1, ms)));

/**
 * Gives the work so much time. What fails or takes longer is no speed at all, and the rest of the check goes on: what is
 * wrong with the line or the server shows there.
 * @throws the reason of the signal alone
 */
async function tried(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const late = new AbortController();
  const stop = (): void => late.abort();
  const timer = setTimeout(stop, ms);
  signal.throwIfAborted();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await work(late.signal);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** How fast bytes come, once they come. Null when none came. */
export async function measureDown(signal: AbortSignal, withinMs = longestMs): Promise<number | null> {
  let [bytes, tookMs] = [0, 0];
  await tried(withinMs, signal, async (late) => {
    const reader = (await downloadNoise(downBytes, late)).body?.getReader();
    if (!reader || (await reader.read()).done) return;
    const started = performance.now();
    try {
      while (performance.now() - started < downMs) {
        const piece = await reader.read();
        if (piece.done) break;
        bytes += piece.value.length;
      }
      await reader.cancel();
    } finally {
      // Also of a line that stood still after a while: what came until then is what it carries.
      tookMs = performance.now() - started;
    }
  });
  return bytes === 0 ? null : kbpsOf(bytes, tookMs);
}

function noise(bytes: number): Blob {
  const pieces = Array.from({ length: Math.ceil(bytes / pieceBytes) }, (_, index) =>
    crypto.getRandomValues(new Uint8Array(Math.min(pieceBytes, bytes - index * pieceBytes))),
  );
  return new Blob(pieces, { type: 'application/octet-stream' });
}

/** How fast bytes go. Null when not even the smallest piece went in time. */
export async function measureUp(signal: AbortSignal, withinMs = longestMs): Promise<number | null> {
  let found: number | null = null;
  for (const bytes of upSteps) {
    const started = performance.now();
    const went = await tried(withinMs, signal, async (late) => {
      await uploadNoise(noise(bytes), late);
    });
    if (!went) break;
    const tookMs = performance.now() - started;
    found = kbpsOf(bytes, tookMs);
    if (tookMs > upEnoughMs) break;
  }
  return found;
}
