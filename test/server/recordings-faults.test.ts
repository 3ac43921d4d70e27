import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { beepDelays } from '../media/environment/beep-delays.ts';
import { probe } from '../media/environment/watching.ts';
import { childrenRunning, createFaultsWorld, patience, presenter, running } from './recordings-faults-world.ts';

const run = promisify(execFile);
let world: Awaited<ReturnType<typeof createFaultsWorld>>;
beforeAll(async () => {
  world = await createFaultsWorld();
}, 180_000);
afterAll(() => world.close());

const lengthOf = ({ startMs, endMs }: { startMs: number; endMs: number }) => endMs - startMs;

/** From the last packet of the first who sent this to the first packet of the second. */
async function awayMs(recordingId: string, source: string): Promise<number> {
  const [first, second] = await world.db
    .selectFrom('recording_chunk')
    .innerJoin('recording_track', (join) =>
      join
        .onRef('recording_track.recording_id', '=', 'recording_chunk.recording_id')
        .onRef('recording_track.id', '=', 'recording_chunk.track_id'),
    )
    .where('recording_chunk.recording_id', '=', recordingId)
    .where('source', '=', source)
    .select((eb) => [eb.fn.min('first_arrival').as('from'), eb.fn.max('last_arrival').as('to')])
    .groupBy('participant_id')
    .orderBy('from')
    .execute();
  if (!first || !second) throw new Error(`not two who sent a ${source}`);
  return second.from.getTime() - first.to.getTime();
}

/** Sound and picture are together, wherever they are. */
async function expectTogether(path: string, atLeast: number): Promise<void> {
  const delays = await beepDelays(path);
  expect(delays.length).toBeGreaterThanOrEqual(atLeast);
  for (const each of delays) expect(Math.abs(each)).toBeLessThan(0.08);
}

describe('a presenter', { timeout: 120_000 }, () => {
  it('who is cut off and comes back as another participant is one video, with a gap of that length', async () => {
    const lesson = await world.openLesson();
    const first = await lesson.send(presenter);
    await delay(4_000);
    await first.go();
    await delay(2_000);
    const second = await lesson.send({ ...presenter, participantId: 'presenter-again' });
    await delay(4_000);
    await lesson.end();
    await second.go();
    const { path, durationMs, gaps, completeness, recording } = await lesson.published();
    expect(gaps.map(({ track }) => track).sort()).toEqual(['camera', 'microphone']);
    for (const gap of gaps) {
      const away = await awayMs(recording.id, gap.track);
      expect(away).toBeGreaterThan(1_900);
      expect(Math.abs(lengthOf(gap) - away)).toBeLessThan(500);
    }
    const [longest] = gaps.map(lengthOf).sort((a, b) => b - a);
    expect(completeness).toBeCloseTo(1 - (longest ?? 0) / durationMs, 1);
    await expectTogether(path, 6);
  });

  it('who calls a room to the stage is heard with it, and the room is no loss when it goes down', async () => {
    const lesson = await world.openLesson();
    const teaching = await lesson.send(presenter);
    await delay(2_000);
    const room = { participantId: 'room', role: 'receiver', roomId: world.rooms.member } as const;
    lesson.recorder.note({ type: 'stage', roomIds: [room.roomId] });
    // The room's beeps are half a second after the presenter's.
    const answering = await lesson.send(
      room,
      world.packets.filter(({ atMs }) => atMs > 500),
    );
    await delay(3_000);
    lesson.recorder.note({ type: 'stage', roomIds: [] });
    await answering.go();
    await delay(2_000);
    await lesson.end();
    await teaching.go();
    const { path, recording, gaps, completeness } = await lesson.published();
    expect(completeness).toBeGreaterThan(0.98);
    expect(gaps).toEqual([]);
    expect(recording.timeline).toMatchObject({
      stage: [{ roomIds: [room.roomId] }, { roomIds: [] }],
      tracks: expect.arrayContaining([expect.objectContaining({ roomId: room.roomId, source: 'microphone' })]),
    });
    await expectTogether(path, 4);
  });
});

describe('a program that dies', { timeout: 120_000 }, () => {
  it('while it makes the video is run again', async () => {
    const lesson = await world.openLesson();
    const teaching = await lesson.send(presenter);
    // Long enough for its video to take some seconds: also a busy machine has to see who makes it.
    await delay(12_000);
    await lesson.end();
    await teaching.go();
    const { id } = await lesson.recording();
    const pid = await vi.waitFor(
      async () => {
        const [ffmpeg] = await childrenRunning('libx264', `recording-${id}`);
        if (ffmpeg === undefined) throw new Error('not yet');
        return ffmpeg;
      },
      { timeout: 30_000, interval: 5 },
    );
    if (process.getuid?.() === 0) {
      // Packets are as hostile as files: who decodes them is not who keeps the keys.
      const users = async () => (await running(['libx264', `recording-${id}`])).map(({ uid }) => uid);
      await vi.waitFor(async () => expect((await users()).some((uid) => uid !== 0)).toBe(true), {
        timeout: 20_000,
        interval: 5,
      });
    }
    process.kill(pid, 'SIGKILL');
    await delay(500);
    expect((await lesson.recording()).state).toBe('finishing');
    const { path, completeness, gaps } = await lesson.published();
    expect(completeness).toBeGreaterThan(0.98);
    expect(gaps).toEqual([]);
    expect((await probe(path)).streams).toHaveLength(2);
  });
});

/** A disk of its own, which only root may mount. */
async function mountSmallDisk(megabytes: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tongke-small-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  onTestFinished(async () => {
    await run('umount', ['-l', folder]);
    await rm(folder, { recursive: true });
  });
  return folder;
}

describe('a disk that is full', { timeout: 180_000 }, () => {
  it('loses nothing that memory can hold, is an alarm, and goes on when there is room', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root may mount a disk that is soon full');
    const disk = await mountSmallDisk(64);
    const small = await createFaultsWorld(disk);
    onTestFinished(() => small.close());
    const lesson = await small.openLesson();
    const teaching = await lesson.send(presenter);
    await vi.waitFor(() => expect(lesson.recorder.state).toBe('recording'), patience);
    await delay(2_000);
    // All there is, and then some: the rest of it does not fit.
    const ballast = join(disk, 'ballast');
    await expect(writeFile(ballast, Buffer.alloc(65 * 1_048_576))).rejects.toMatchObject({ code: 'ENOSPC' });
    await vi.waitFor(() => {
      expect(lesson.recorder.waitingChunks).toBeGreaterThan(3);
      expect(lesson.recorder.state).toBe('interrupted');
      expect(lesson.recorder.sinkFailing).toBe(true);
    }, patience);
    const spool = join(disk, 'spool', lesson.recorder.recordingId ?? '');
    expect((await readdir(spool)).filter((name) => name.endsWith('.part')).length).toBeLessThanOrEqual(1);

    await rm(ballast);
    await vi.waitFor(() => expect(lesson.recorder.state).toBe('recording'), patience);
    await delay(1_000);
    await lesson.end();
    await teaching.go();
    const { path, completeness, gaps, recording } = await lesson.published();
    expect(completeness).toBeGreaterThan(0.98);
    expect(gaps).toEqual([]);
    const told = await small.db
      .selectFrom('recording_state_change')
      .select(['state', 'reason'])
      .where('recording_id', '=', recording.id)
      .where('state', 'in', ['recording', 'interrupted'])
      .orderBy('id')
      .execute();
    // A machine that gives the sender no time for five seconds makes it silent, which is told too.
    const ofDisk = told.filter(({ reason }, at) => reason !== 'no_bytes' && told[at - 1]?.reason !== 'no_bytes');
    expect(ofDisk.map(({ state, reason }) => reason ?? state)).toEqual(['recording', 'sink_failed', 'recording']);
    await expectTogether(path, 5);
  });
});
