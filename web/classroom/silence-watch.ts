import type { types } from 'mediasoup-client';
import { z } from 'zod';

/** Of RTCTransportStats (W3C webrtc-stats): RTP and RTCP, but not the checks of ICE. */
const transportStats = z.object({ type: z.literal('transport'), bytesReceived: z.number() });

const lookEveryMs = 250;
/** Longer than the 400 ms between two packets of a voice that pauses (Opus DTX, RFC 7587 §3.1.3). */
const doubtfulAfterMs = 500;
/** The browser itself takes some five seconds to call a line dead. */
const silentAfterMs = 1_000;

export interface SilenceWatchOptions {
  transport: Pick<types.Transport, 'getStats' | 'closed'>;
  /** Whether something is sent that should come here, or that is answered by RTCP. */
  expected(): boolean;
  /** Nothing has come for half a second, once for each silence. */
  doubtful(): void;
  /** Nothing has come for a second, once for each silence. */
  silent(): void;
  /** It has come again after that. */
  back(): void;
}

export interface SilenceWatch {
  /** Whether nothing came between the last two looks, though it should. */
  quiet(): boolean;
  stop(): void;
}

/** Sees sooner than ICE that nothing comes in any more. */
export function watchSilence({ transport, expected, doubtful, silent, back }: SilenceWatchOptions): SilenceWatch {
  let bytes = -1;
  let heardAt = Date.now();
  let doubted = false;
  let told = false;
  let quiet = false;

  async function look(): Promise<void> {
    if (transport.closed) return;
    const report = await transport.getStats();
    const received = [...report.values()]
      .map((stat: unknown) => transportStats.safeParse(stat).data?.bytesReceived ?? 0)
      .reduce((sum, each) => sum + each, 0);
    const now = Date.now();
    if (received !== bytes) {
      bytes = received;
      heardAt = now;
      quiet = false;
      if (told) back();
      doubted = false;
      told = false;
      return;
    }
    if (!expected()) {
      quiet = false;
      if (!told) heardAt = now;
      return;
    }
    quiet = true;
    if (!doubted && now - heardAt >= doubtfulAfterMs) {
      doubted = true;
      doubtful();
    }
    if (told || now - heardAt < silentAfterMs) return;
    told = true;
    silent();
  }

  // A transport that closes under the look is watched no more.
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  return { quiet: () => quiet, stop: () => clearInterval(timer) };
}
