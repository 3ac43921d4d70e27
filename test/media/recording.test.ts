import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { RtpPacket } from 'werift-rtp';
import { shipLeftOvers } from '../../media/chunk-shipper.ts';
import { createHeldMemory } from '../../media/held-memory.ts';
import { type FinishedRecording, finishRecording, SinkRefusal } from '../../media/index.ts';
import { Recorder } from '../../media/recorder.ts';
import { readRtpLog } from '../../media/rtp-log.ts';
import { createWorkerPool, type WorkerPool } from '../../media/workers.ts';
import { beepDelays } from './environment/beep-delays.ts';
import { FolderSink } from './environment/folder-sink.ts';
import { encodeLesson, type PlannedPacket } from './environment/lesson-packets.ts';
import { log } from './environment/node.ts';
import { freePorts } from './environment/ports.ts';
import { openSender, type Sender } from './environment/rtp-sender.ts';
import { probe } from './environment/watching.ts';
import '../environment/provided.ts';

const presenter = { participantId: 'presenter-1', role: 'presenter', roomId: null } as const;
const signal = new AbortController().signal;

let pool: WorkerPool;
let folder: string;
let lesson: PlannedPacket[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tongke-recording-'));
  lesson = await encodeLesson(folder, 'vp8', 5);
  pool = await createWorkerPool({
    count: 1,
    basePort: await freePorts(1),
    listenAddress: '127.0.0.1',
    announcedAddress: undefined,
    workerBin: inject('workerBin'),
    log,
  });
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

function createRecorder(name: string) {
  const sink = new FolderSink(join(folder, name));
  const recorder = new Recorder({ classSessionId: name, sink, spoolFolder: join(folder, `${name}-spool`), log });
  return { sink, recorder, recordingId: `recording-${name}` };
}

type Lesson = { packets?: PlannedPacket[] } & Parameters<typeof openSender>[2];

/** A sender on a router of its own, which the recorder listens to before the first packet is sent. */
async function prepare(recorder: Recorder, { packets = lesson, ...options }: Lesson = {}) {
  const lease = await pool.openRouter();
  let listening = 0;
  lease.router.observer.on('newtransport', ({ observer }) => {
    observer.on('newconsumer', (consumer) => {
      consumer.observer.on('resume', () => {
        listening += 1;
      });
    });
  });
  await recorder.attach(lease.router);
  const sender = await openSender(lease.router, packets, options);
  recorder.record({ ...presenter, source: 'camera' }, sender.video);
  recorder.record({ ...presenter, source: 'microphone' }, sender.audio);
  await waitFor(() => listening === 2);
  const close = () => {
    sender.close();
    lease.release();
  };
  return { sender, close };
}

async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition()); await delay(20)) {
    if (Date.now() > deadline) throw new Error('it did not come to pass within 20 s');
  }
}

function finish(sink: FolderSink, recordingId: string): Promise<FinishedRecording> {
  return finishRecording({
    journal: sink.journal(recordingId),
    readChunk: sink.readChunk,
    workFolder: join(folder, `${recordingId}-work`),
    signal,
  });
}

async function recordedPayloads(sink: FolderSink, kind: 'audio' | 'video'): Promise<Buffer[]> {
  const trackId = [...sink.tracks.values()].find((track) => track.kind === kind)?.trackId;
  const chunks = [...sink.chunks.values()]
    .filter((chunk) => chunk.trackId === trackId)
    .sort((a, b) => a.number - b.number);
  const payloads: Buffer[] = [];
  for (const chunk of chunks) {
    const parts: Uint8Array[] = [];
    for await (const part of sink.readChunk(chunk)) parts.push(part);
    for (const record of readRtpLog(Buffer.concat(parts))) {
      if (record.type === 'rtp') payloads.push(RtpPacket.deSerialize(record.packet).payload);
    }
  }
  return payloads;
}

describe('a recorded lesson', () => {
  let sink: FolderSink;
  let sender: Sender;
  let newestChunkAgeMs: number[];

  beforeAll(async () => {
    const made = createRecorder('whole');
    sink = made.sink;
    made.recorder.start(Date.now());
    const prepared = await prepare(made.recorder);
    sender = prepared.sender;
    const sending = sender.send();
    await delay(2_500);
    made.recorder.note({ type: 'slide', page: 2 });
    await delay(1_500);
    // What a kill -9 at this moment would leave.
    newestChunkAgeMs = [...sink.tracks.keys()].map((trackId) => {
      const arrivals = [...sink.chunks.values()].filter((chunk) => chunk.trackId === trackId);
      return Date.now() - Math.max(...arrivals.map(({ lastArrival }) => lastArrival));
    });
    await sending;
    await delay(100);
    await made.recorder.stop('finishing');
    prepared.close();
  });

  it('keeps every packet that the worker had', async () => {
    for (const kind of ['audio', 'video'] as const) {
      const recorded = await recordedPayloads(sink, kind);
      const sent = sender.sent[kind];
      expect(sent.length).toBeGreaterThan(200);
      expect(recorded).toHaveLength(sent.length);
      expect(Buffer.concat(recorded).equals(Buffer.concat(sent))).toBe(true);
    }
  });

  it('is never more than two seconds from safe', () => {
    const spansMs = [...sink.chunks.values()].map(({ firstArrival, lastArrival }) => lastArrival - firstArrival);
    expect(Math.max(...spansMs)).toBeLessThan(2_000);
    expect(newestChunkAgeMs).toHaveLength(2);
    expect(Math.max(...newestChunkAgeMs)).toBeLessThan(2_000);
  });

  it('says what it does', () => {
    expect(sink.states.map(({ state }) => state)).toEqual(['recording', 'finishing']);
  });

  it('becomes a video in which sound and picture are together', async () => {
    const finished = await finishRecording({
      journal: sink.journal('recording-whole'),
      readChunk: sink.readChunk,
      workFolder: join(folder, 'whole-work'),
      signal,
    });
    expect(finished.completeness).toBeGreaterThan(0.99);
    expect(finished.timeline.gaps).toEqual([]);
    expect(finished.durationMs).toBeGreaterThan(4_900);
    expect(finished.durationMs).toBeLessThan(5_200);

    const { format, streams } = await probe(finished.videoPath);
    expect(format.duration * 1000).toBeCloseTo(finished.durationMs, -2);
    expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
    const picture = streams.find(({ codec_type }) => codec_type === 'video');
    expect(picture).toMatchObject({ width: 640, height: 360 });
    expect(picture?.nb_read_frames).toBeGreaterThan((finished.durationMs / 1000) * 24);

    const delays = await beepDelays(finished.videoPath);
    expect(delays).toHaveLength(5);
    for (const each of delays) expect(Math.abs(each)).toBeLessThan(0.08);

    expect((await readFile(finished.posterPath ?? '')).subarray(0, 3).toString('hex')).toBe('ffd8ff');
    expect(finished.timeline.slides).toMatchObject([{ page: 2 }]);
    expect(finished.timeline.slides[0]?.atMs).toBeGreaterThan(1_000);
  });

  it('is refused when a chunk is not what the journal says', async () => {
    const journal = sink.journal('recording-whole');
    const [first, ...rest] = journal.chunks;
    if (!first) throw new Error('no chunk');
    await expect(
      finishRecording({
        journal: { ...journal, chunks: [{ ...first, sha256: '0'.repeat(64) }, ...rest] },
        readChunk: sink.readChunk,
        workFolder: join(folder, 'damaged-work'),
        signal,
      }),
    ).rejects.toThrow(/missing or damaged/);
  });
});

describe('a recording under trouble', () => {
  it('lists what was lost, and keeps sound and picture together over it', async () => {
    const { sink, recorder, recordingId } = createRecorder('lossy');
    recorder.start(Date.now());
    const { sender, close } = await prepare(recorder, {
      // Half a second of everything, and now and then a packet of sound.
      loss: ({ kind, index, atMs }) => (atMs > 2_300 && atMs < 2_800) || (kind === 'audio' && index % 50 === 49),
    });
    await sender.send();
    await delay(100);
    await recorder.stop('finishing');
    close();
    const finished = await finish(sink, recordingId);
    const { tracks, gaps } = finished.timeline;
    const lengthsOf = (source: string) =>
      gaps.filter(({ track }) => track === source).map(({ startMs, endMs }) => endMs - startMs);
    // The picture is back with the next key frame, at 3 s; sound at once.
    expect(Math.max(...lengthsOf('camera'))).toBeGreaterThan(650);
    expect(Math.max(...lengthsOf('camera'))).toBeLessThan(850);
    expect(Math.max(...lengthsOf('microphone'))).toBeGreaterThan(450);
    expect(Math.max(...lengthsOf('microphone'))).toBeLessThan(600);
    expect(lengthsOf('microphone').length).toBeGreaterThanOrEqual(4);
    expect(finished.completeness).toBeGreaterThan(0.8);
    expect(finished.completeness).toBeLessThan(0.9);
    for (const { lostPackets, expectedMs, receivedMs } of tracks) {
      expect(lostPackets).toBeGreaterThan(10);
      expect(receivedMs).toBeLessThan(expectedMs);
    }
    const delays = await beepDelays(finished.videoPath);
    expect(delays).toHaveLength(5);
    for (const each of delays) expect(Math.abs(each)).toBeLessThan(0.08);
  });

  it('goes on in a new epoch after the worker died, as one video', async () => {
    const { sink, recorder, recordingId } = createRecorder('epochs');
    recorder.start(Date.now());
    for (const part of [0, 1]) {
      const { sender, close } = await prepare(recorder, { packets: lesson.filter(({ atMs }) => atMs < 2_500) });
      await sender.send();
      await delay(100);
      if (part === 0) recorder.detach('worker_died');
      else await recorder.stop('finishing');
      close();
      await delay(500);
    }
    expect(sink.states.map(({ state, reason }) => reason ?? state)).toEqual([
      'recording',
      'worker_died',
      'recording',
      'finishing',
    ]);
    const finished = await finish(sink, recordingId);
    expect(finished.timeline.tracks.map(({ source }) => source).sort()).toEqual([
      'camera',
      'camera',
      'microphone',
      'microphone',
    ]);
    expect(finished.completeness).toBeLessThan(0.95);
    expect(finished.timeline.gaps).toHaveLength(2);
    expect((await probe(finished.videoPath)).format.duration * 1000).toBeCloseTo(finished.durationMs, -2);
    const delays = await beepDelays(finished.videoPath);
    expect(delays.length).toBeGreaterThanOrEqual(5);
    for (const each of delays) expect(Math.abs(each)).toBeLessThan(0.08);
  });

  it('keeps on disk what the sink does not take, and brings it when the sink is back', async () => {
    const { sink, recorder, recordingId } = createRecorder('away');
    recorder.start(Date.now());
    const { sender, close } = await prepare(recorder);
    const sending = sender.send();
    await waitFor(() => recorder.state === 'recording');
    sink.away = true;
    const had = sink.chunks.size;
    await waitFor(() => recorder.state === 'interrupted');
    await waitFor(async () => (await waitingOnDisk('away')) > 0);
    expect(sink.chunks.size).toBe(had);
    sink.away = false;
    await waitFor(() => recorder.state === 'recording');
    expect(await waitingOnDisk('away')).toBe(0);
    await sending;
    await recorder.stop('finishing');
    close();
    expectWholeTracks(sink, recordingId);
  });

  it('keeps on disk what a slow sink has not taken within a second, without an alarm', async () => {
    const { sink, recorder, recordingId } = createRecorder('slow');
    recorder.start(Date.now());
    const { sender, close } = await prepare(recorder);
    const sending = sender.send();
    await waitFor(() => sink.chunks.size > 0);
    const answer = sink.hang();
    await waitFor(async () => (await waitingOnDisk('slow')) > 1);
    expect(recorder.state).toBe('recording');
    answer();
    await sending;
    await recorder.stop('finishing');
    await waitFor(() => recorder.waitingChunks === 0);
    expect(await waitingOnDisk('slow')).toBe(0);
    close();
    expectWholeTracks(sink, recordingId);
  });

  it('puts aside what the sink will never take, and goes on', async () => {
    const { sink, recorder, recordingId } = createRecorder('refused');
    recorder.start(Date.now());
    const { sender, close } = await prepare(recorder);
    sink.refuse = ({ number }) => (number === 0 ? new SinkRefusal('another chunk has this number') : null);
    await sender.send();
    await recorder.stop('finishing');
    await waitFor(() => recorder.waitingChunks === 0);
    close();
    expect(sink.states.at(-1)?.state).toBe('finishing');
    const numbers = sink.journal(recordingId).chunks.map(({ number }) => number);
    expect(numbers).not.toContain(0);
    expect(numbers).toContain(1);
    expect(await readdir(join(folder, 'refused-spool', recordingId, 'refused'))).toHaveLength(2);
  });

  it('raises no alarm while everything is muted, and one when what is expected does not come', async () => {
    const { recorder } = createRecorder('silent');
    const states: string[] = [];
    recorder.onStateChanged((state) => states.push(state));
    recorder.start(Date.now());
    const { sender, close } = await prepare(recorder, { packets: lesson.filter(({ atMs }) => atMs < 500) });
    await sender.send();
    await waitFor(() => recorder.state === 'recording');
    await Promise.all([sender.video.pause(), sender.audio.pause()]);
    await delay(6_000);
    expect(recorder.state).toBe('recording');
    await sender.audio.resume();
    await waitFor(() => recorder.state === 'interrupted');
    expect(states).toEqual(['armed', 'recording', 'interrupted']);
    await recorder.stop('finishing');
    close();
  });

  it('brings after a restart what the former run left on disk', async () => {
    const { sink, recorder, recordingId } = createRecorder('restart');
    recorder.start(Date.now());
    const { sender, close } = await prepare(recorder, { packets: lesson.filter(({ atMs }) => atMs < 2_500) });
    const sending = sender.send();
    await waitFor(() => recorder.state === 'recording');
    sink.away = true;
    await waitFor(() => recorder.state === 'interrupted');
    await sending;
    await recorder.stop('finishing');
    close();
    expect(await waitingOnDisk('restart')).toBeGreaterThan(1);

    // Another process would not have this one's memory: only what is on disk is brought.
    const later = new FolderSink(join(folder, 'restart'));
    for (const track of sink.tracks.values()) await later.trackOpened(track);
    // A file that a failing disk has left must not keep the rest from coming.
    await writeFile(join(folder, 'restart-spool', recordingId, '0.entry'), 'cut of');
    const shippers = await shipLeftOvers(join(folder, 'restart-spool'), later, log, createHeldMemory());
    const shipper = shippers.get(recordingId);
    await shipper?.settle(10_000);
    expect(shipper?.waiting).toBe(0);
    expect(await readdir(join(folder, 'restart-spool', recordingId))).toEqual(['refused']);
    for (const chunk of sink.chunks.values()) later.chunks.set(`former.${chunk.trackId}.${chunk.number}`, chunk);
    expectWholeTracks(later, recordingId);
    expect(later.states.at(-1)?.state).toBe('finishing');
  });

  it('makes a video of H.264 as well', async () => {
    const { sink, recorder, recordingId } = createRecorder('h264');
    const packets = await encodeLesson(folder, 'h264', 3);
    recorder.start(Date.now());
    const { sender, close } = await prepare(recorder, { packets, codec: 'h264' });
    await sender.send();
    await delay(100);
    await recorder.stop('finishing');
    close();
    const finished = await finish(sink, recordingId);
    expect(finished.completeness).toBeGreaterThan(0.99);
    expect(finished.width).toBe(640);
    const delays = await beepDelays(finished.videoPath);
    expect(delays).toHaveLength(3);
    for (const each of delays) expect(Math.abs(each)).toBeLessThan(0.08);
  });

  async function waitingOnDisk(name: string): Promise<number> {
    // The folder is there from the first entry on.
    const names = await readdir(join(folder, `${name}-spool`, `recording-${name}`)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      },
    );
    return names.filter((each) => each.endsWith('.entry')).length;
  }

  /** Chunk numbers without a hole, in order. */
  function expectWholeTracks(sink: FolderSink, recordingId: string): void {
    const { tracks, chunks } = sink.journal(recordingId);
    expect(tracks).toHaveLength(2);
    for (const { trackId } of tracks) {
      const numbers = chunks
        .filter((chunk) => chunk.trackId === trackId)
        .map(({ number }) => number)
        .sort((a, b) => a - b);
      expect(numbers.length).toBeGreaterThan(0);
      expect(numbers).toEqual(numbers.map((_, index) => index));
    }
  }
});
