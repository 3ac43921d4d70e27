import type { NotificationData, NotificationFrame, NotificationMethod } from './protocol.ts';

/** How many notifications are kept for a participant who may resume. */
const kept = 1_000;

/**
 * The notifications of one participant, numbered and kept for a while, so that a participant that lost its socket gets
 * what it missed.
 */
export class Outbox {
  #seq = 0;
  #frames: (NotificationFrame & { seq: number })[] = [];
  #deliver: ((frame: NotificationFrame) => void) | null = null;

  /** Number of the newest notification. */
  get seq(): number {
    return this.#seq;
  }

  push<M extends NotificationMethod>(method: M, data: NotificationData<M>): void {
    this.#seq += 1;
    const frame = { type: 'notification' as const, seq: this.#seq, method, data };
    this.#frames.push(frame);
    if (this.#frames.length > kept) this.#frames.shift();
    this.#deliver?.(frame);
  }

  /** Whether everything after `seq` is still here. */
  covers(seq: number): boolean {
    return seq <= this.#seq && seq >= this.#seq - this.#frames.length;
  }

  /** Delivers everything after `seq` now, and all that follows as it comes. */
  attach(seq: number, deliver: (frame: NotificationFrame) => void): void {
    for (const frame of this.#frames) if (frame.seq > seq) deliver(frame);
    this.#deliver = deliver;
  }

  detach(): void {
    this.#deliver = null;
  }
}
