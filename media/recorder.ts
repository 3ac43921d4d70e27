import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, DirectTransport, Producer, Router } from 'mediasoup/types';
import type { Logger } from 'pino';
import type { Entry } from './chunk-entry.ts';
import { type ChunkShipper, createChunkShipper } from './chunk-shipper.ts';
import { createHeldMemory, type HeldMemory } from './held-memory.ts';
import type { RecordingState } from './protocol.ts';
import type { LessonEvent } from './recorded-event.ts';
import type { RecordedTrack, RecordingSink } from './recording-sink.ts';
import { TrackRecorder } from './track-recorder.ts';

export type RecorderOptions = {
  classSessionId: string;
  sink: RecordingSink;
  /** Where chunks wait while the sink does not take them. */
  spoolFolder: string;
  /** Default: its own. */
  memory?: HeldMemory;
  log: Logger;
};

export type TrackOwner = Pick<RecordedTrack, 'participantId' | 'role' | 'roomId' | 'source'>;
type EventEntry = Extract<Entry, { kind: 'event' }>['value'];

const tickMs = 250;
const silenceMs = 5_000;
const beginAgainMs = 2_000;
/** Within what the process has for its end. */
const settleMs = 2_500;

/**
 * The recording of one class session: a participant that nobody sees. It has one consumer a producer, with every packet
 * that the worker has, and survives the worker, the sink and its own restart.
 *
 * States: armed → recording ⇄ interrupted → finishing. What follows is the sink's.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #log: Logger;
  readonly #clockBase = Date.now() - performance.now();
  readonly #wanted = new Map<string, { owner: TrackOwner; producer: Producer }>();
  readonly #tracks = new Map<string, TrackRecorder>();
  /** Notes made before the sink has named the recording. */
  readonly #early: { note: LessonEvent; at: number }[] = [];
  #onState: (state: RecordingState) => void = () => undefined;
  #state: RecordingState | null = null;
  #recordingId: string | null = null;
  #epoch = 0;
  #trackCount = 0;
  #triedAt = 0;
  #router: Router | null = null;
  #transport: DirectTransport | null = null;
  #shipper: ChunkShipper | null = null;
  #sinkHealthy = true;
  /** Since when there is something to hear or see; null while everything is paused, or nobody sends. */
  #expectingSince: number | null = null;
  #lastPacketAt = 0;
  #notedAt = 0;
  #ticking: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  /** Null before the lesson is live. */
  get state(): RecordingState | null {
    return this.#state;
  }

  /** Null until the sink has named it. */
  get recordingId(): string | null {
    return this.#recordingId;
  }

  get waitingChunks(): number {
    return this.#shipper?.waiting ?? 0;
  }

  get sinkFailing(): boolean {
    return this.#shipper?.failing ?? false;
  }

  onStateChanged(listener: (state: RecordingState) => void): void {
    this.#onState = listener;
  }

  /** The lesson is live. Returns at once; opening is tried until the sink answers. */
  start(at: number): void {
    if (this.#state || this.#stopping) return;
    this.#setState('armed', null);
    this.#ticking = setInterval(() => this.#tick(), tickMs);
    void this.#open(at);
  }

  async #open(at: number): Promise<void> {
    for (let wait = 500; !this.#stopping; wait = Math.min(wait * 2, 10_000)) {
      try {
        const { recordingId, epoch } = await this.#options.sink.open({
          classSessionId: this.#options.classSessionId,
          at,
        });
        if (this.#stopping) return;
        this.#recordingId = recordingId;
        this.#epoch += epoch;
        this.#shipper = createChunkShipper({
          sink: this.#options.sink,
          folder: join(this.#options.spoolFolder, recordingId),
          log: this.#log,
          onHealth: (healthy) => this.#sinkHealth(healthy),
          memory: this.#options.memory ?? createHeldMemory(),
        });
        for (const { note, at: notedAt } of this.#early.splice(0)) this.#shipNote(recordingId, note, notedAt);
        this.#beginWanted();
        return;
      } catch (error) {
        this.#log.error({ err: error, retryInMs: wait }, 'a recording could not be opened');
        await delay(wait, undefined, { ref: false });
      }
    }
  }

  /** The room has a router, its first or a new one. */
  async attach(router: Router): Promise<void> {
    if (this.#stopping) return;
    this.#transport = await router.createDirectTransport();
    this.#router = router;
    this.#beginWanted();
  }

  /** The router is gone with all its producers. What was received is kept; the next router begins a new epoch. */
  detach(reason: string): void {
    this.#closeTracks();
    this.#wanted.clear();
    this.#router = null;
    this.#transport = null;
    this.#lastPacketAt = 0;
    this.#epoch += 1;
    if (this.#state === 'recording') this.#setState('interrupted', reason);
  }

  record(owner: TrackOwner, producer: Producer): void {
    this.#wanted.set(keyOf(owner.participantId, owner.source), { owner, producer });
    this.#beginWanted();
  }

  forget(participantId: string, source: string): void {
    const key = keyOf(participantId, source);
    this.#wanted.delete(key);
    this.#tracks.get(key)?.close();
    this.#tracks.delete(key);
  }

  /** Something that the replay shows beside the picture. Before the lesson is live it is nobody's business. */
  note(note: LessonEvent): void {
    if (!this.#state || this.#stopping) return;
    // No two have one moment: so the sink tells one that is written again from one that happened again.
    const at = Math.max(Math.round(this.#now()), this.#notedAt + 1);
    this.#notedAt = at;
    if (this.#recordingId) this.#shipNote(this.#recordingId, note, at);
    else this.#early.push({ note, at });
  }

  #shipNote(recordingId: string, note: LessonEvent, at: number): void {
    const event: EventEntry = { ...note, recordingId, at };
    this.#shipper?.ship({ kind: 'event', value: event });
  }

  #beginWanted(): void {
    if (!this.#recordingId || !this.#transport || this.#stopping) return;
    for (const [key, { owner, producer }] of this.#wanted) {
      if (this.#tracks.has(key) || producer.closed) continue;
      this.#begin(key, this.#recordingId, owner, producer).catch((error: unknown) => {
        if (producer.closed) return;
        this.#log.error({ err: error, source: owner.source }, 'a track could not be recorded; it is tried again');
        if (!this.#wanted.has(key)) this.#wanted.set(key, { owner, producer });
      });
    }
  }

  async #begin(key: string, recordingId: string, owner: TrackOwner, producer: Producer): Promise<void> {
    const [transport, router] = [this.#transport, this.#router];
    if (!transport || !router) return;
    // The entry is taken once: a second call while the consumer is being made must not begin a second track.
    this.#wanted.delete(key);
    const consumer = await transport.consume({
      producerId: producer.id,
      rtpCapabilities: router.rtpCapabilities,
      paused: true,
      enableRtx: false,
    });
    if (this.#stopping || producer.closed || transport !== this.#transport) {
      consumer.close();
      return;
    }
    const track = this.#openTrack(recordingId, owner, consumer);
    const recorder = new TrackRecorder({
      track,
      consumer,
      producer,
      now: () => this.#now(),
      onChunk: (value, bytes) => this.#shipper?.ship({ kind: 'chunk', value }, bytes),
      onPacket: () => {
        this.#lastPacketAt = this.#now();
      },
      onPaused: (paused) => this.note({ type: 'producer', trackId: track.trackId, paused }),
      onError: (error) => this.#log.warn({ err: error, track: track.trackId }, 'a recorded track has trouble'),
    });
    this.#tracks.set(key, recorder);
    if (producer.paused) this.note({ type: 'producer', trackId: track.trackId, paused: true });
    await recorder.start();
  }

  #openTrack(recordingId: string, owner: TrackOwner, consumer: Consumer): RecordedTrack {
    const [codec] = consumer.rtpParameters.codecs;
    if (!codec) throw new Error('a consumer without a codec');
    this.#trackCount += 1;
    const track: RecordedTrack = {
      recordingId,
      trackId: `${this.#epoch}-${this.#trackCount}-${owner.source}`,
      epoch: this.#epoch,
      ...owner,
      kind: consumer.kind,
      mimeType: codec.mimeType,
      clockRate: codec.clockRate,
      channels: codec.channels ?? null,
      openedAt: Math.round(this.#now()),
    };
    this.#shipper?.ship({ kind: 'track', value: track });
    return track;
  }

  #tick(): void {
    for (const recorder of this.#tracks.values()) recorder.tick();
    const now = this.#now();
    if (this.#triedAt + beginAgainMs < now) {
      this.#triedAt = now;
      this.#beginWanted();
    }
    const expecting =
      this.#wanted.size > 0 || [...this.#tracks.values()].some(({ paused }) => !paused) || this.#transport === null;
    this.#expectingSince = expecting ? (this.#expectingSince ?? now) : null;
    const silent = now - Math.max(this.#lastPacketAt, this.#expectingSince ?? now) >= silenceMs;
    const heard = now - this.#lastPacketAt < silenceMs;
    if (this.#state !== 'interrupted' && silent) this.#setState('interrupted', 'no_bytes');
    else if (this.#state !== 'recording' && heard && this.#sinkHealthy) this.#setState('recording', null);
  }

  #sinkHealth(healthy: boolean): void {
    this.#sinkHealthy = healthy;
    if (!healthy && this.#state === 'recording') this.#setState('interrupted', 'sink_failed');
  }

  #setState(state: RecordingState, reason: string | null): void {
    this.#state = state;
    this.#onState(state);
    this.#log.info({ state, reason }, 'recording');
    const recordingId = this.#recordingId;
    if (recordingId) {
      this.#shipper?.ship({ kind: 'state', value: { recordingId, state, reason, at: Math.round(this.#now()) } });
    }
  }

  /**
   * Closes the last chunks. `finishing`: the lesson is over; `interrupted`: this node goes down, another may go on.
   * Resolves when all is in the sink or on disk. Idempotent.
   */
  stop(state: 'finishing' | 'interrupted'): Promise<void> {
    this.#stopping ??= this.#stop(state);
    return this.#stopping;
  }

  async #stop(state: 'finishing' | 'interrupted'): Promise<void> {
    clearInterval(this.#ticking);
    this.#closeTracks();
    this.#transport?.close();
    if (!this.#state) return;
    this.#setState(state, state === 'interrupted' ? 'node_closing' : null);
    await this.#shipper?.settle(settleMs);
  }

  #closeTracks(): void {
    for (const recorder of this.#tracks.values()) recorder.close();
    this.#tracks.clear();
  }

  /** Wall clock that is not turned back or forth while it records. */
  #now(): number {
    return this.#clockBase + performance.now();
  }
}

function keyOf(participantId: string, source: string): string {
  return `${participantId}:${source}`;
}
