const windowMs = 5_000;
/** Windows on either side whose least delay counts for a window: a passing congestion must not bend the clock. */
const neighbours = 2;
/** Timestamps that disagree with the arrival by more than this were begun anew by the sender. */
const jumpMs = 3_000;

type Segment = { firstSequence: number; least: Map<number, number> };

/**
 * Tells when what an RTP timestamp names was sent, on the clock of the node that received it.
 *
 * Delay only ever adds to the time of arrival. So the least difference of arrival and timestamp over a while is the
 * offset of the two clocks (and the path's constant delay, the same for sound and picture of one sender), and the way it
 * changes over the lesson is their drift.
 */
export class MediaClock {
  readonly #rate: number;
  readonly #segments: Segment[] = [];
  #previous: { ms: number; arrival: number } | null = null;

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Packets come in the order of their sequence numbers. */
  observe(sequence: number, ticks: number, arrival: number): void {
    const ms = this.#ms(ticks);
    const jumped =
      this.#previous &&
      (ms < this.#previous.ms - jumpMs || ms - this.#previous.ms > arrival - this.#previous.arrival + jumpMs);
    if (!this.#previous || jumped) this.#segments.push({ firstSequence: sequence, least: new Map() });
    this.#previous = { ms, arrival };
    const least = this.#segments.at(-1)?.least;
    const window = Math.floor(ms / windowMs);
    least?.set(window, Math.min(least.get(window) ?? Number.POSITIVE_INFINITY, arrival - ms));
  }

  /** Milliseconds since 1970. Only for packets that were observed. */
  at(sequence: number, ticks: number): number {
    const ms = this.#ms(ticks);
    const segment = this.#segments.findLast((each) => each.firstSequence <= sequence) ?? this.#segments[0];
    if (!segment) throw new RangeError('a clock that has seen no packet');
    const place = ms / windowMs - 0.5;
    const window = Math.floor(place);
    const share = place - window;
    return ms + smooth(segment, window) * (1 - share) + smooth(segment, window + 1) * share;
  }

  #ms(ticks: number): number {
    return (ticks / this.#rate) * 1000;
  }
}

/** The least delay around a window; beyond the ends of what was received, that of the nearest end. */
function smooth({ least }: Segment, window: number): number {
  for (let reach = neighbours; ; reach = reach * 2 + 1) {
    let found = Number.POSITIVE_INFINITY;
    for (let near = window - reach; near <= window + reach; near += 1) {
      found = Math.min(found, least.get(near) ?? Number.POSITIVE_INFINITY);
    }
    if (Number.isFinite(found)) return found;
  }
}
