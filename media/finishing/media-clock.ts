import { LeastDelay } from './least-delay.ts';
import { type SenderReport, TrackClock } from './track-clock.ts';

/** Reports of two tracks of one sender agree better than this; others are not of one clock. */
const agreementMs = 3_000;

/**
 * Tells when what an RTP timestamp names was sent, on the clock of the node that received it: first on the sender's own
 * clock, by its reports, then by how far that is behind, from the least delay on the way.
 */
export class MediaClock {
  readonly track: TrackClock;
  #path: LeastDelay | null = null;

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.track = new TrackClock(rate);
  }

  /** Packets come in the order of their sequence numbers. */
  observe(sequence: number, ticks: number, arrival: number): void {
    this.track.observe(sequence, ticks, arrival);
    this.#path = null;
  }

  report(report: SenderReport): void {
    this.track.report(report);
  }

  /** Milliseconds since 1970. Only for packets that were observed. */
  at(sequence: number, ticks: number): number {
    this.#path ??= pathOf([this]);
    const ms = this.track.senderMs(sequence, ticks);
    return ms + this.#path.at(ms);
  }

  /** Its sender's clock is that of other tracks, too. */
  follow(path: LeastDelay): void {
    this.#path = path;
  }
}

/**
 * Brings the tracks of one sender together by what its reports say of its one clock: whatever sound and picture are
 * delayed by on their ways, they are as far apart as when they were captured. Tracks without usable reports stay by
 * their arrival.
 */
export function joinClocks(clocks: MediaClock[]): void {
  const ahead = aheadOf(clocks);
  if (ahead === null) return;
  const joined = clocks.filter(({ track }) => {
    const differences = track.sources
      .map((ssrc) => ({ ssrc, difference: Math.abs((track.aheadOf(ssrc) ?? Number.POSITIVE_INFINITY) - ahead) }))
      .sort((a, b) => a.difference - b.difference);
    const [best] = differences;
    if (!best || best.difference > agreementMs) return false;
    track.synchronise(best.ssrc);
    return true;
  });
  const path = pathOf(joined);
  for (const clock of joined) clock.follow(path);
}

/** By a track that is sent once, where it is plain whose reports are its own. */
function aheadOf(clocks: MediaClock[]): number | null {
  for (const { track } of clocks) {
    const [only, ...others] = track.sources;
    if (only !== undefined && others.length === 0) return track.aheadOf(only);
  }
  return null;
}

function pathOf(clocks: MediaClock[]): LeastDelay {
  const path = new LeastDelay();
  for (const { track } of clocks) for (const { ms, delay } of track.delays()) path.observe(ms, delay);
  return path;
}
