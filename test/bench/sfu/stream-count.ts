import { createUnwrapper } from '../../../media/sequence.ts';

/** Counts one stream's packets, and by their numbers those that did not come. */
export class StreamCount {
  bytes = 0;
  packets = 0;
  #highest: number | null = null;
  #markedAt: number | null = null;
  readonly #extend = createUnwrapper(16);

  take(packet: Buffer): void {
    const sequence = this.#extend(packet.readUInt16BE(2));
    this.#markedAt ??= sequence - 1;
    if (this.#highest === null || sequence > this.#highest) this.#highest = sequence;
    this.bytes += packet.length;
    this.packets += 1;
  }

  /** Since the mark, or since the first. */
  get lost(): number {
    if (this.#highest === null || this.#markedAt === null) return 0;
    return Math.max(0, this.#highest - this.#markedAt - this.packets);
  }

  mark(): void {
    this.#markedAt = this.#highest;
    this.bytes = 0;
    this.packets = 0;
  }
}
