import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createChunkShipper } from '../../media/chunk-shipper.ts';
import { createHeldMemory, type HeldMemory } from '../../media/held-memory.ts';
import { ChunkLostError, finishRecording, type RecordedChunk } from '../../media/index.ts';
import { makeRunFolder } from '../environment/folder.ts';
import { FolderSink } from './environment/folder-sink.ts';
import { encodeLesson, type PlannedPacket } from './environment/lesson-packets.ts';
import { logLesson } from './environment/logged-lesson.ts';
import { log } from './environment/node.ts';

const signal = AbortSignal.timeout(120_000);
const lengthMs = 6_000;
let folder: string;
let lesson: PlannedPacket[];
beforeAll(async () => {
  folder = await makeRunFolder();
  lesson = await encodeLesson(folder, 'vp8', lengthMs / 1000);
  await writeFile(join(folder, 'no-disk'), '');
});
afterAll(() => rm(folder, { recursive: true }));

/** The logged lesson on its way to a sink that is away, past a disk that takes nothing. */
async function shipWithoutDisk(name: string, memory: HeldMemory) {
  const sink = new FolderSink(join(folder, name));
  const noDisk = join(folder, 'no-disk', name);
  const shipper = createChunkShipper({ sink, folder: noDisk, log, onHealth: () => undefined, memory });
  const logged = logLesson(lesson);
  sink.away = true;
  for (const value of logged.journal.tracks) shipper.ship({ kind: 'track', value });
  for (const value of logged.journal.chunks.toSorted((a, b) => a.firstArrival - b.firstArrival)) {
    for await (const bytes of logged.readChunk(value)) shipper.ship({ kind: 'chunk', value }, Buffer.from(bytes));
  }
  async function comeBack(): Promise<void> {
    sink.away = false;
    await vi.waitFor(() => expect(shipper.waiting).toBe(0), { timeout: 20_000, interval: 50 });
  }
  async function* readChunk(chunk: RecordedChunk): AsyncGenerator<Uint8Array> {
    if (sink.lost.includes(chunk)) throw new ChunkLostError(chunk);
    yield* sink.readChunk(chunk);
  }
  return { sink, logged, readChunk, comeBack };
}

const bytesOf = (chunks: RecordedChunk[]) => chunks.reduce((sum, { bytes }) => sum + bytes, 0);

describe('chunks for which there is no room', () => {
  it('at the end of a lesson are a gap of its recording', async () => {
    const room = bytesOf(logLesson(lesson).journal.chunks) / 2;
    const { sink, logged, readChunk, comeBack } = await shipWithoutDisk('end', createHeldMemory(room));
    await comeBack();
    const journal = sink.journal(logged.journal.recordingId);
    expect(journal.chunks).toHaveLength(logged.journal.chunks.length);
    expect(sink.lost.length).toBeGreaterThan(0);
    expect(bytesOf(journal.chunks) - bytesOf(sink.lost)).toBeLessThanOrEqual(room);

    const options = { journal, readChunk, workFolder: join(folder, 'end-work'), signal };
    await expect(finishRecording(options)).rejects.toThrow(ChunkLostError);
    const { completeness, timeline } = await finishRecording({ ...options, toleratesLoss: true });
    expect(completeness).toBeLessThan(0.8);
    const last = Math.max(...timeline.gaps.map(({ endMs }) => endMs));
    expect(last).toBeGreaterThan(lengthMs - 500);
  });

  it('are told of each recording alike, for all of them share the memory, and give it back', async () => {
    const memory = createHeldMemory(bytesOf(logLesson(lesson).journal.chunks));
    const first = await shipWithoutDisk('first', memory);
    const second = await shipWithoutDisk('second', memory);
    await second.comeBack();
    expect(second.sink.lost).toHaveLength(second.logged.journal.chunks.length);
    await first.comeBack();
    expect(first.sink.lost).toEqual([]);
    const third = await shipWithoutDisk('third', memory);
    await third.comeBack();
    expect(third.sink.lost).toEqual([]);
  });
});

describe('a track of which every chunk is lost', () => {
  it('is a gap over all of it, but for its pauses', async () => {
    const { journal, readChunk } = logLesson(lesson);
    const trackId = journal.tracks.find(({ kind }) => kind === 'audio')?.trackId ?? '';
    const chunks = journal.chunks.filter((chunk) => chunk.trackId === trackId);
    const from = Math.min(...chunks.map(({ firstArrival }) => firstArrival));
    const pause = { type: 'producer', trackId, recordingId: journal.recordingId } as const;
    const { completeness, timeline, soundPath } = await finishRecording({
      journal: {
        ...journal,
        events: [
          { ...pause, at: from + 2_000, paused: true },
          { ...pause, at: from + 3_000, paused: false },
        ],
      },
      async *readChunk(chunk) {
        if (chunk.trackId === trackId) throw new ChunkLostError(chunk);
        yield* readChunk(chunk);
      },
      toleratesLoss: true,
      workFolder: join(folder, 'silent-work'),
      signal,
    });
    expect(soundPath).toBeNull();
    const track = timeline.tracks.find((each) => each.trackId === trackId);
    expect(track?.expectedMs).toBeGreaterThan(lengthMs - 500);
    expect(track?.receivedMs).toBe(1_000);
    expect(track?.lostPackets).toBe(chunks.reduce((sum, { packets }) => sum + packets, 0));
    const gaps = timeline.gaps.filter((gap) => gap.track === 'microphone');
    expect(gaps).toHaveLength(2);
    expect(Math.min(...gaps.map(({ startMs }) => startMs))).toBeGreaterThanOrEqual(0);
    expect(gaps.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)).toBeGreaterThan(lengthMs - 1_500);
    expect(completeness).toBeLessThan(0.6);
  });
});
