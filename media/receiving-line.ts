import type { WebRtcTransport } from 'mediasoup/types';
import type { Feed } from './feed.ts';

/** Below this the worker's estimate would switch video off under random loss alone. */
const leastOutgoingBitrate = 100_000;

/** What is believed to fit until the receiver has told: of a line of which nothing is known, a picture of the middle size (v). */
const usualFirstBitrate = 800_000;
/** Of what a line was seen to carry, so much is tried at once, and never more than the largest picture takes (v). */
const firstShare = 0.7;
const mostFirstBitrate = 1_500_000;

/** @param downKbps what the line was last seen to carry; undefined when nothing is known of it */
export function firstOutgoingBitrate(downKbps: number | undefined): number {
  if (downKbps === undefined) return usualFirstBitrate;
  return Math.round(Math.min(mostFirstBitrate, Math.max(leastOutgoingBitrate, firstShare * downKbps * 1000)));
}

export type LineStats = { rttMs: number | null; availableKbps: number | null };

/** The way to one participant, over one receive transport: what the node knows of it, and sends over it at least. */
export class ReceivingLine {
  readonly #transport: WebRtcTransport;
  readonly #feeds: () => Iterable<Feed>;
  #floor = leastOutgoingBitrate;
  #last: { at: number; stats: LineStats } | null = null;

  /** @param feeds what is sent over it */
  constructor(transport: WebRtcTransport, feeds: () => Iterable<Feed>) {
    this.#transport = transport;
    this.#feeds = feeds;
  }

  async open(): Promise<void> {
    await this.#transport.setMinOutgoingBitrate(this.#floor);
  }

  /** To ask the worker costs, so that what is not older will do. */
  async stats(oldestMs: number): Promise<LineStats> {
    if (this.#last && performance.now() - this.#last.at <= oldestMs) return this.#last.stats;
    const stats = await this.#ask();
    this.#last = { at: performance.now(), stats };
    return stats;
  }

  async #ask(): Promise<LineStats> {
    const feeds = [...this.#feeds()].filter(({ running }) => running);
    // Of pictures the way is measured five times as often.
    const feed = feeds.find(({ consumer }) => consumer.kind === 'video') ?? feeds[0];
    if (this.#transport.closed) return { rttMs: null, availableKbps: null };
    const [[stats], sent] = await Promise.all([this.#transport.getStats(), feed?.consumer.getStats() ?? []]);
    const available = feeds.some(({ picturing }) => picturing) ? stats?.availableOutgoingBitrate : null;
    // Nought: no report of the receiver's has come yet.
    const rtt = sent.find(({ type, roundTripTime }) => type === 'outbound-rtp' && roundTripTime)?.roundTripTime;
    return {
      rttMs: rtt === undefined ? null : Math.round(rtt),
      availableKbps: available ? Math.round(available / 1000) : null,
    };
  }

  /** What is sent at least, whatever the worker's estimate says; null: as usual. */
  async setFloor(kbps: number | null): Promise<void> {
    const floor = Math.max(leastOutgoingBitrate, (kbps ?? 0) * 1000);
    const same = Math.abs(floor - this.#floor) <= 0.1 * this.#floor;
    if (same || this.#transport.closed) return;
    this.#floor = floor;
    await this.#transport.setMinOutgoingBitrate(Math.round(floor));
  }
}
