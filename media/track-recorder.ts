import { createHash } from 'node:crypto';
import type { Consumer, Producer } from 'mediasoup/types';
import { z } from 'zod';
import type { RecordedChunk, RecordedTrack } from './recording-sink.ts';
import { RtpLogWriter } from './rtp-log.ts';
import { createUnwrapper } from './sequence.ts';

/** With the tick of the recorder (250 ms) and the way to the sink, no packet is more than 2 s from being safe. */
const chunkAgeMs = 1_500;
const chunkBytes = 1_048_576;
/** How long NACK and RTX may take to repair a hole before the picture is given up and begun anew. */
const repairMs = 400;
const keyFrameIntervalMs = 1_000;
/** A jump larger than this is a sender that began anew, not a loss that could be repaired. */
const largestHole = 1_000;

/** mediasoup's trace event of an RTCP sender report (RFC 3550, section 6.4.1). */
const senderReportTrace = z.object({
  ssrc: z.number(),
  ntpSec: z.number(),
  ntpFrac: z.number(),
  rtpTs: z.number(),
});

export type TrackRecorderOptions = {
  track: RecordedTrack;
  /** Still paused: the recorder resumes it when it listens. */
  consumer: Consumer;
  producer: Producer;
  /** Milliseconds since 1970, never going back. */
  now(): number;
  onChunk(chunk: RecordedChunk, bytes: Buffer): void;
  onPacket(): void;
  onPaused(paused: boolean): void;
  onError(error: unknown): void;
};

/** Writes everything that one producer sends into chunks. */
export class TrackRecorder {
  readonly track: RecordedTrack;
  readonly #options: TrackRecorderOptions;
  readonly #extend = createUnwrapper(16);
  #writer: RtpLogWriter | null = null;
  #chunk = { number: 0, packets: 0, firstSequence: 0, lastSequence: 0, firstArrival: 0, lastArrival: 0 };
  #highest: number | null = null;
  /** Missing sequence number → when it was missed. */
  readonly #missing = new Map<number, number>();
  #keyFrameAskedAt = 0;
  #closed = false;
  readonly #onTrace = (trace: { type: string; info: unknown }) => this.#senderReport(trace);

  constructor(options: TrackRecorderOptions) {
    this.track = options.track;
    this.#options = options;
    const { consumer, producer } = options;
    consumer.on('rtp', (packet) => this.#receive(packet));
    consumer.on('producerpause', () => options.onPaused(true));
    consumer.on('producerresume', () => options.onPaused(false));
    producer.on('trace', this.#onTrace);
  }

  /** Whether its sender has paused it. */
  get paused(): boolean {
    return this.#options.producer.paused;
  }

  async start(): Promise<void> {
    await this.#options.producer.enableTraceEvent(['sr']);
    await this.#options.consumer.resume();
  }

  /** Called every 250 ms or so. */
  tick(): void {
    const now = this.#options.now();
    if (this.#chunk.packets > 0 && now - this.#chunk.firstArrival >= chunkAgeMs) this.#finishChunk();
    if (this.track.kind === 'video') this.#watchHoles(now);
  }

  /** Hands over the last chunk. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.producer.off('trace', this.#onTrace);
    this.#options.consumer.close();
    this.#finishChunk();
  }

  #receive(packet: Buffer): void {
    if (this.#closed || packet.length < 12) return;
    const now = this.#options.now();
    const sequence = this.#extend(packet.readUInt16BE(2));
    this.#noteHoles(sequence, now);
    const chunk = this.#chunk;
    if (chunk.packets === 0)
      Object.assign(chunk, { firstSequence: sequence, lastSequence: sequence, firstArrival: now });
    chunk.packets += 1;
    chunk.firstSequence = Math.min(chunk.firstSequence, sequence);
    chunk.lastSequence = Math.max(chunk.lastSequence, sequence);
    chunk.lastArrival = now;
    this.#writer ??= new RtpLogWriter();
    this.#writer.packet(now, sequence, packet);
    this.#options.onPacket();
    if (this.#writer.bytes >= chunkBytes) this.#finishChunk();
  }

  #senderReport(trace: { type: string; info: unknown }): void {
    if (trace.type !== 'sr' || this.#closed) return;
    const report = senderReportTrace.safeParse(trace.info);
    if (!report.success) {
      this.#options.onError(report.error);
      return;
    }
    const { ssrc, ntpSec, ntpFrac, rtpTs } = report.data;
    // One that comes between two chunks goes into the next.
    this.#writer ??= new RtpLogWriter();
    this.#writer.senderReport(this.#options.now(), {
      ssrc,
      ntpSeconds: ntpSec,
      ntpFraction: ntpFrac,
      rtpTimestamp: rtpTs,
    });
  }

  #noteHoles(sequence: number, now: number): void {
    if (this.#highest !== null) {
      this.#missing.delete(sequence);
      if (sequence - this.#highest <= largestHole) {
        for (let hole = this.#highest + 1; hole < sequence; hole += 1) this.#missing.set(hole, now);
      }
    }
    this.#highest = Math.max(this.#highest ?? sequence, sequence);
  }

  /** What is not repaired by now will not be: a key frame lets the picture go on. */
  #watchHoles(now: number): void {
    let lost = false;
    for (const [hole, since] of this.#missing) {
      if (now - since < repairMs) break;
      this.#missing.delete(hole);
      lost = true;
    }
    if (!lost || now - this.#keyFrameAskedAt < keyFrameIntervalMs) return;
    this.#keyFrameAskedAt = now;
    this.#options.consumer.requestKeyFrame().catch((error: unknown) => {
      if (!this.#options.consumer.closed) this.#options.onError(error);
    });
  }

  #finishChunk(): void {
    if (!this.#writer || this.#chunk.packets === 0) return;
    const bytes = this.#writer.finish();
    const { recordingId, trackId, epoch } = this.track;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#options.onChunk({ recordingId, trackId, epoch, bytes: bytes.length, sha256, ...this.#chunk }, bytes);
    this.#writer = null;
    this.#chunk = { ...this.#chunk, number: this.#chunk.number + 1, packets: 0 };
  }
}
