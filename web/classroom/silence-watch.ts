import type { types } from 'mediasoup-client';
import { z } from 'zod';

/** Of RTCTransportStats (W3C webrtc-stats): RTP and RTCP, but not the checks of ICE. */
const transportStats = z.object({ type: z.literal('transport'), bytesReceived: z.number() });

const lookEveryMs = 250;
/** The browser itself takes some five seconds to call a line dead. */
const silentAfterMs = 1_000;

export interface SilenceWatchOptions {
  receive: Pick<types.Transport, 'getStats' | 'closed'>;
  /** Whether somebody is sending what should come here. */
  expected(): boolean;
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
export function watchSilence({ receive, expected, silent, back }: SilenceWatchOptions): SilenceWatch {
  let bytes = -1;
  let heardAt = Date.now();
  let told = false;
  let quiet = false;

  async function look(): Promise<void> {
    if (receive.closed) return;
    const report = await receive.getStats();
    const received = [...report.values()]
      .map((stat: unknown) => transportStats.safeParse(stat).data?.bytesReceived ?? 0)
      .reduce((sum, each) => sum + each, 0);
    const now = Date.now();
    if (received !== bytes) {
      bytes = received;
      heardAt = now;
      quiet = false;
      if (told) back();
      told = false;
      return;
    }
    if (!expected()) {
      quiet = false;
      if (!told) heardAt = now;
      return;
    }
    quiet = true;
    if (told || now - heardAt < silentAfterMs) return;
    told = true;
    silent();
  }

  // A transport that closes under the look is watched no more.
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  return { quiet: () => quiet, stop: () => clearInterval(timer) };
}
