import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedChunk, RecordedEvent, RecordedTrack, RecordingSink } from '../../../media/index.ts';

export type StateChange = Parameters<RecordingSink['stateChanged']>[0];

/** A recording sink on a folder: chunks are files, the journal is kept beside them in memory. */
export class FolderSink implements RecordingSink {
  readonly folder: string;
  readonly tracks = new Map<string, RecordedTrack>();
  readonly chunks = new Map<string, RecordedChunk>();
  readonly lost: RecordedChunk[] = [];
  readonly events: RecordedEvent[] = [];
  readonly states: StateChange[] = [];
  readonly order: string[] = [];
  /** While set, every call is refused, as by a store that is away. */
  away = false;
  /** What a chunk is refused with, if it is. */
  refuse: (chunk: RecordedChunk) => Error | null = () => null;
  #answering: Promise<void> = Promise.resolve();
  #epochs = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Chunks get no answer any more until the returned function is called. */
  hang(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answering = promise;
    return resolve;
  }

  async open({ classSessionId }: { classSessionId: string }): Promise<{ recordingId: string; epoch: number }> {
    this.#refuseWhenAway();
    this.#epochs += 1;
    return { recordingId: `recording-${classSessionId}`, epoch: (this.#epochs - 1) * 100 };
  }

  async trackOpened(track: RecordedTrack): Promise<void> {
    this.#refuseWhenAway();
    this.tracks.set(track.trackId, track);
  }

  async chunkWritten(chunk: RecordedChunk, bytes: Uint8Array): Promise<void> {
    this.#refuseWhenAway();
    const refusal = this.refuse(chunk);
    if (refusal) throw refusal;
    await this.#answering;
    if (!this.tracks.has(chunk.trackId)) throw new Error(`chunk of unknown track ${chunk.trackId}`);
    await mkdir(this.folder, { recursive: true });
    await writeFile(this.#path(chunk), bytes);
    this.chunks.set(keyOf(chunk), chunk);
    this.order.push(keyOf(chunk));
  }

  async chunkLost(chunk: RecordedChunk): Promise<void> {
    this.#refuseWhenAway();
    this.lost.push(chunk);
    this.chunks.set(keyOf(chunk), chunk);
  }

  async stateChanged(change: StateChange): Promise<void> {
    this.#refuseWhenAway();
    this.states.push(change);
  }

  async eventHappened(event: RecordedEvent): Promise<void> {
    this.#refuseWhenAway();
    this.events.push(event);
  }

  readChunk = (chunk: RecordedChunk): AsyncIterable<Uint8Array> => createReadStream(this.#path(chunk));

  journal(recordingId: string) {
    return {
      recordingId,
      tracks: [...this.tracks.values()].filter((track) => track.recordingId === recordingId),
      chunks: [...this.chunks.values()].filter((chunk) => chunk.recordingId === recordingId),
      events: this.events.filter((event) => event.recordingId === recordingId),
    };
  }

  #path(chunk: RecordedChunk): string {
    return join(this.folder, keyOf(chunk));
  }

  #refuseWhenAway(): void {
    if (this.away) throw new Error('the store is away');
  }
}

function keyOf({ recordingId, trackId, number }: RecordedChunk): string {
  return `${recordingId}.${trackId}.${number}`;
}
