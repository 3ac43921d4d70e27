import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { testWorkerBin } from '../environment/services.ts';
import { freePorts } from '../media/environment/ports.ts';
import { probe } from '../media/environment/watching.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { type Orders, openRecordings } from './recordings-process.ts';

let world: LessonWorld;
beforeAll(async () => {
  world = await createLessonWorld();
});
afterAll(() => world.close());

/** A session that is live on a server of its own. */
async function liveSession(): Promise<string> {
  const teacher = await world.signInAs('teacher-lead');
  const { id } = await world.schedule(teacher, 0, { allowClash: true });
  const now = new Date();
  await world.db
    .updateTable('class_session')
    .set({ state: 'live', started_at: now, seen_at: now })
    .where('id', '=', id)
    .execute();
  await world.recordings.arm(world.db, id, now);
  return id;
}

const begun = z.object({ pid: z.number().optional() });

/** Runs a server's part in a process of its own, until it is killed. */
async function run(mode: Orders['mode'], classSessionId: string) {
  const orders: Orders = {
    mode,
    classSessionId,
    databaseUrl: world.database.url,
    folder: world.folder,
    workerBin: testWorkerBin(),
    port: await freePorts(1),
  };
  const program = join(import.meta.dirname, 'recordings-process.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(orders)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => end(child));
  const [line] = await once(createInterface(child.stdout), 'line');
  const { pid } = begun.parse(JSON.parse(String(line)));
  return {
    async kill(): Promise<number> {
      const at = Date.now();
      await end(child);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      return at;
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const recordingOf = (classSessionId: string) =>
  world.db.selectFrom('recording').selectAll().where('class_session_id', '=', classSessionId).executeTakeFirstOrThrow();

/** What was written of each source by each server. */
const spansOf = (classSessionId: string) =>
  world.db
    .selectFrom('recording_chunk')
    .innerJoin('recording', 'recording.id', 'recording_chunk.recording_id')
    .innerJoin('recording_track', (join) =>
      join
        .onRef('recording_track.recording_id', '=', 'recording_chunk.recording_id')
        .onRef('recording_track.id', '=', 'recording_chunk.track_id'),
    )
    .where('recording.class_session_id', '=', classSessionId)
    .select((eb) => ['source', eb.fn.min('first_arrival').as('from'), eb.fn.max('last_arrival').as('to')])
    .groupBy(['source', 'recording_track.epoch'])
    .orderBy('source')
    .orderBy('recording_track.epoch')
    .execute();

/** So many stretches are written, and each is as long: however long a busy machine takes to begin. */
async function written(classSessionId: string, stretches: number, atLeastMs: number): Promise<void> {
  const check = async () => {
    const lengths = (await spansOf(classSessionId)).map(({ from, to }) => to.getTime() - from.getTime());
    expect(lengths).toHaveLength(stretches);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(atLeastMs);
  };
  await vi.waitFor(check, { timeout: 30_000, interval: 100 });
}

describe('a server that is killed', () => {
  it('and comes back in mid-lesson makes one recording, with a gap of the time that it was gone', {
    timeout: 120_000,
  }, async () => {
    const id = await liveSession();
    for (let server = 0; server < 2; server += 1) {
      const recorder = await run('record', id);
      await written(id, 2 * (server + 1), 3_000);
      await recorder.kill();
    }
    const spans = await spansOf(id);
    expect(spans.map(({ source }) => source)).toEqual(['camera', 'camera', 'microphone', 'microphone']);

    const watch = world.watch(500);
    await vi.waitFor(async () => expect(await world.recordingJobs(id)).toEqual(['recording.conclude']), 10_000);
    await watch.close();
    const finisher = await openRecordings({ databaseUrl: world.database.url, folder: world.folder });
    onTestFinished(() => finisher.close());
    await finisher.jobs.start();
    await vi.waitFor(async () => expect((await recordingOf(id)).state).toBe('finished'), {
      timeout: 60_000,
      interval: 200,
    });
    const { resource_id: resourceId } = await recordingOf(id);
    const shown = await finisher.service.recordingOf(resourceId ?? '');
    let [gone, whole] = [0, 0];
    for (const source of ['camera', 'microphone']) {
      const [first, second] = spans.filter((span) => span.source === source);
      if (!first || !second) throw new Error(`no two stretches of the ${source}`);
      const awayMs = second.from.getTime() - first.to.getTime();
      gone += awayMs;
      whole += second.to.getTime() - first.from.getTime();
      const longest = Math.max(
        ...(shown?.gaps ?? []).filter(({ track }) => track === source).map(({ startMs, endMs }) => endMs - startMs),
      );
      expect(Math.abs(longest - awayMs)).toBeLessThan(500);
    }
    expect(Math.abs((shown?.completeness ?? 0) - (1 - gone / whole))).toBeLessThan(0.05);
  });

  it('while it records, and again while it finishes, loses at most two seconds of a track', {
    timeout: 120_000,
  }, async () => {
    const id = await liveSession();
    const recorder = await run('record', id);
    await written(id, 2, 5_000);
    const killedAt = await recorder.kill();

    const { id: recordingId, state } = await recordingOf(id);
    expect(state).toBe('recording');
    const tracks = await world.db
      .selectFrom('recording_chunk')
      .innerJoin('recording_track', (join) =>
        join
          .onRef('recording_track.recording_id', '=', 'recording_chunk.recording_id')
          .onRef('recording_track.id', '=', 'recording_chunk.track_id'),
      )
      .where('recording_chunk.recording_id', '=', recordingId)
      .select((eb) => ['source', eb.fn.sum<number>('packets').as('packets'), eb.fn.max('last_arrival').as('to')])
      .groupBy('source')
      .execute();
    expect(tracks.map(({ source }) => source).sort()).toEqual(['camera', 'microphone']);
    const chunks = await world.db
      .selectFrom('recording_chunk')
      .select(['first_arrival', 'last_arrival'])
      .where('recording_id', '=', recordingId)
      .execute();
    for (const { first_arrival: from, last_arrival: to } of chunks)
      expect(to.getTime() - from.getTime()).toBeLessThan(2_000);
    for (const { to } of tracks) expect(killedAt - to.getTime()).toBeLessThan(2_000);
    // Opus packets hold 20 ms each, whatever the time that a busy machine took to make them.
    const heard = tracks.find(({ source }) => source === 'microphone');
    const writtenMs = Number(heard?.packets) * 20;
    expect(writtenMs).toBeGreaterThan(2_000);

    // The next start: nobody comes back to the lesson, so it is ended and its recording finished.
    const watch = world.watch(500);
    await vi.waitFor(async () => expect(await world.recordingJobs(id)).toEqual(['recording.conclude']), 10_000);
    await watch.close();
    const finisher = await run('finish', id);
    const tmp = join(world.folder, 'tmp');
    const works = () => readdirSync(tmp).filter((name) => name.includes(`recording-${recordingId}`));
    const isHalf = () => works().some((name) => existsSync(join(tmp, name, 'lesson.mp4.part')));
    await vi.waitFor(() => expect(isHalf()).toBe(true), { timeout: 20_000, interval: 5 });
    await finisher.kill();
    expect((await recordingOf(id)).state).toBe('finishing');

    const again = await openRecordings({ databaseUrl: world.database.url, folder: world.folder });
    onTestFinished(() => again.close());
    await again.jobs.start();
    // The lease of the killed process has to run out first.
    await vi.waitFor(async () => expect((await recordingOf(id)).state).toBe('finished'), {
      timeout: 60_000,
      interval: 200,
    });

    // The last try clears up after itself once it has told that it is done.
    await expect.poll(works, { message: 'left of the try that was killed', timeout: 5_000 }).toEqual([]);
    const recording = await recordingOf(id);
    expect(Number(recording.duration_ms)).toBeGreaterThanOrEqual(writtenMs - 100);
    expect(recording.completeness).toBeGreaterThan(0.95);
    const file = await world.db.selectFrom('file').selectAll().where('id', '=', recordingId).executeTakeFirstOrThrow();
    const path = join(world.folder, 'published.mp4');
    await writeFile(path, await buffer(await world.storage.get(file.object_key)));
    const { format, streams } = await probe(path);
    expect(format.duration * 1000).toBeGreaterThan(writtenMs - 100);
    expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
    const changes = await world.db
      .selectFrom('recording_state_change')
      .select(['state', 'reason'])
      .where('recording_id', '=', recordingId)
      .orderBy('id')
      .execute();
    expect(changes).toEqual([
      { state: 'armed', reason: null },
      { state: 'recording', reason: null },
      { state: 'finishing', reason: 'recorder_gone' },
      { state: 'finished', reason: null },
    ]);
  });
});
