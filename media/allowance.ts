export type Rate = {
  /** So many at once. */
  burst: number;
  /** So many a second in the long run. */
  perSecond: number;
};

/** A token bucket: what somebody may ask for, now and in the long run. */
export class Allowance {
  readonly #rate: Rate;
  #left: number;
  #filledAt = performance.now();

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#left = rate.burst;
  }

  /** @returns false when there is none left */
  take(): boolean {
    const now = performance.now();
    const { burst, perSecond } = this.#rate;
    this.#left = Math.min(burst, this.#left + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
