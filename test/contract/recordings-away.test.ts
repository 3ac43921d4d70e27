import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createS3Storage } from '../../server/storage/s3.ts';
import { testS3 } from '../environment/services.ts';
import { beepDelays } from '../media/environment/beep-delays.ts';
import { createFaultsWorld, patience, presenter } from '../server/recordings-faults-world.ts';

/** A line to the store that can be cut. */
async function openLine(endpoint: string) {
  const { hostname, port } = new URL(endpoint);
  const sockets = new Set<Socket>();
  let cut = false;
  const server = createServer((near) => {
    if (cut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      cut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      cut = false;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

let line: Awaited<ReturnType<typeof openLine>>;
let world: Awaited<ReturnType<typeof createFaultsWorld>>;
beforeAll(async () => {
  line = await openLine(testS3().endpoint);
  const storage = await createS3Storage({ ...testS3(), endpoint: line.endpoint, bucket: 'recordings' });
  world = await createFaultsWorld(undefined, storage);
}, 180_000);
afterAll(async () => {
  await world.close();
  line.close();
});

it('a lesson during most of which the store is away, and beyond its end, is brought later and whole', {
  timeout: 180_000,
}, async () => {
  const lesson = await world.openLesson();
  const teaching = await lesson.send(presenter);
  await vi.waitFor(() => expect(lesson.recorder.state).toBe('recording'), patience);
  await delay(3_000);
  line.cut();
  await vi.waitFor(() => expect(lesson.recorder.state).toBe('interrupted'), patience);
  await delay(12_000);
  const spool = join(world.folder, 'spool', lesson.recorder.recordingId ?? '');
  const onDisk = async () => (await readdir(spool)).filter((name) => name.endsWith('.entry')).length;
  expect(await onDisk()).toBeGreaterThan(10);
  await lesson.end();
  await teaching.go();
  await delay(3_000);
  expect((await lesson.recording()).state).not.toBe('finished');
  line.mend();

  const { path, completeness, gaps, durationMs } = await lesson.published();
  expect(await onDisk()).toBe(0);
  expect(durationMs).toBeGreaterThan(14_000);
  expect(completeness).toBeGreaterThan(0.98);
  expect(gaps).toEqual([]);
  const delays = await beepDelays(path);
  expect(delays.length).toBeGreaterThanOrEqual(12);
  for (const each of delays) expect(Math.abs(each)).toBeLessThan(0.08);
});
