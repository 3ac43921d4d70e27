/** Who has lost its line is not gone at once: each has a while to come back. */
export class Graces<Who> {
  readonly #ms: number;
  readonly #over: (who: Who) => void;
  readonly #timers = new Map<Who, NodeJS.Timeout>();

  /** @param over called for who has not come back in time */
  constructor(ms: number, over: (who: Who) => void) {
    this.#ms = ms;
    this.#over = over;
  }

  begin(who: Who): void {
    this.end(who);
    const timer = setTimeout(() => {
      this.#timers.delete(who);
      this.#over(who);
    }, this.#ms);
    this.#timers.set(who, timer);
  }

  end(who: Who): void {
    clearTimeout(this.#timers.get(who));
    this.#timers.delete(who);
  }

  close(): void {
    for (const who of [...this.#timers.keys()]) this.end(who);
  }
}
