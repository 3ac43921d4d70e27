export type RoomLifetimeOptions = {
  /** When the lesson is to begin, milliseconds since 1970. */
  scheduledStart: number;
  /** How long a live room waits for its presenter. */
  abandonAfterMs: number;
  /** How long a lesson may take, whoever is in it. */
  longestMs: number;
  /** The lesson is over: nobody gives it any more. */
  abandon(): void;
  /** Nobody is here and nothing is going on. */
  letGo(): void;
};

/** A room that nobody is in, and that is not live, is let go after this long. */
const emptyAfterMs = 60_000;
/** A timer of Node's cannot be longer. */
const longestTimerMs = 2 ** 31 - 1;

/** Ends a room that nobody ends: its presenter is gone, its studio was forgotten over night, or it was never used. */
export class RoomLifetime {
  readonly #options: RoomLifetimeOptions;
  #beganAt: number | null = null;
  /** Since when a live room is without its presenter. */
  #forsakenAt: number | null = null;
  #idle: NodeJS.Timeout | undefined;
  #latest: NodeJS.Timeout | undefined;

  constructor(options: RoomLifetimeOptions) {
    this.#options = options;
  }

  /** When the lesson is over at the latest: one that is still to come may be waited for long before. */
  get overAt(): number {
    const { scheduledStart, longestMs } = this.#options;
    return (this.#beganAt ?? Math.max(scheduledStart, Date.now())) + longestMs;
  }

  /** The lesson began then, perhaps before a restart. */
  began(at: number): void {
    this.#beganAt = at;
    const left = this.overAt - Date.now();
    this.#latest = setTimeout(() => this.#options.abandon(), Math.min(Math.max(left, 0), longestTimerMs));
  }

  /**
   * Somebody came or went, or the lesson began. A live room waits long for its presenter, whoever else comes and goes; one
   * that is not live only while somebody is in it.
   */
  changed({ live, presented, empty }: { live: boolean; presented: boolean; empty: boolean }): void {
    clearTimeout(this.#idle);
    this.#forsakenAt = live && !presented ? (this.#forsakenAt ?? Date.now()) : null;
    if (this.#forsakenAt !== null) {
      const left = this.#forsakenAt + this.#options.abandonAfterMs - Date.now();
      this.#idle = setTimeout(() => this.#options.abandon(), Math.max(left, 0));
    } else if (!live && empty) {
      this.#idle = setTimeout(() => this.#options.letGo(), emptyAfterMs);
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#latest);
  }
}
