const windowMs = 5_000;
/** Windows on either side whose least delay counts for a window: a passing congestion must not bend the clock. */
const neighbours = 2;

/**
 * Delay only ever adds to the time of arrival. So the least difference of arrival and sending over a while is the offset of
 * the two clocks and the path's constant delay, and the way it changes over the lesson is the drift of one against the other.
 */
export class LeastDelay {
  /** By windows of five seconds of the sender's time. */
  readonly #least = new Map<number, number>();

  observe(ms: number, delay: number): void {
    const window = Math.floor(ms / windowMs);
    this.#least.set(window, Math.min(this.#least.get(window) ?? Number.POSITIVE_INFINITY, delay));
  }

  /** @throws RangeError when nothing was observed */
  at(ms: number): number {
    const place = ms / windowMs - 0.5;
    const window = Math.floor(place);
    const share = place - window;
    return this.#near(window) * (1 - share) + this.#near(window + 1) * share;
  }

  /** The least of all windows that touch the stretch; infinite when there is none. */
  within(fromMs: number, toMs: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let window = Math.floor(fromMs / windowMs); window * windowMs <= toMs; window += 1) {
      least = Math.min(least, this.#least.get(window) ?? Number.POSITIVE_INFINITY);
    }
    return least;
  }

  /** Each window by its middle. */
  *windows(): Generator<{ ms: number; delay: number }> {
    for (const [window, delay] of this.#least) yield { ms: (window + 0.5) * windowMs, delay };
  }

  add(other: LeastDelay): void {
    for (const { ms, delay } of other.windows()) this.observe(ms, delay);
  }

  /** The least around a window; beyond the ends of what was observed, that of the nearest end. */
  #near(window: number): number {
    if (this.#least.size === 0) throw new RangeError('a clock that has seen no packet');
    for (let reach = neighbours; ; reach = reach * 2 + 1) {
      let found = Number.POSITIVE_INFINITY;
      for (let near = window - reach; near <= window + reach; near += 1) {
        found = Math.min(found, this.#least.get(near) ?? Number.POSITIVE_INFINITY);
      }
      if (Number.isFinite(found)) return found;
    }
  }
}
