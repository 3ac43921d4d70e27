import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import { expect, vi } from 'vitest';
import type { Source } from '../../media/protocol.ts';
import { Recorder } from '../../media/recorder.ts';
import { createWorkerPool } from '../../media/workers.ts';
import type { Storage } from '../../server/storage/storage.ts';
import { testWorkerBin } from '../environment/services.ts';
import { encodeLesson, type PlannedPacket } from '../media/environment/lesson-packets.ts';
import { freePorts } from '../media/environment/ports.ts';
import { openSender } from '../media/environment/rtp-sender.ts';
import { createLessonWorld } from './class-sessions-world.ts';
import { openRecordings } from './recordings-process.ts';

const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
export const patience = { timeout: 60_000, interval: 100 };
export const presenter = { participantId: 'presenter', role: 'presenter', roomId: null } as const;
export type Speaker = { participantId: string; role: 'presenter' | 'receiver'; roomId: string | null };

/** Lessons with real packets, recorded into a folder that trouble may come over. */
export async function createFaultsWorld(folder?: string, storage?: Storage) {
  const world = await createLessonWorld();
  const at = folder ?? world.folder;
  const recorders = new Map<string, Recorder>();
  const waitingChunks = (recordingId: string) => recorders.get(recordingId)?.waitingChunks ?? 0;
  const recordings = await openRecordings(
    { databaseUrl: world.database.url, folder: at },
    { waitingChunks, ...(storage && { storage }) },
  );
  await recordings.jobs.start();
  const packets = await encodeLesson(world.folder, 'vp8', 30);
  const pool = await createWorkerPool({
    count: 1,
    basePort: await freePorts(1),
    listenAddress: '127.0.0.1',
    announcedAddress: undefined,
    workerBin: testWorkerBin(),
    log,
  });

  const recordingOf = (classSessionId: string) =>
    world.db
      .selectFrom('recording')
      .selectAll()
      .where('class_session_id', '=', classSessionId)
      .executeTakeFirstOrThrow();

  async function openLesson() {
    const teacher = await world.signInAs('teacher-lead');
    const { id } = await world.schedule(teacher, 0, { allowClash: true });
    const now = new Date();
    const live = { state: 'live', started_at: now, seen_at: now } as const;
    await world.db.updateTable('class_session').set(live).where('id', '=', id).execute();
    await recordings.service.arm(world.db, id, now);
    const lease = await pool.openRouter();
    let listening = 0;
    lease.router.observer.on('newtransport', ({ observer }) => {
      observer.on('newconsumer', (consumer) => {
        consumer.observer.on('resume', () => {
          listening += 1;
        });
      });
    });
    const spoolFolder = join(at, 'spool');
    const recorder = new Recorder({ classSessionId: id, sink: recordings.sink, spoolFolder, log });
    recorder.start(Date.now());
    await recorder.attach(lease.router);
    await vi.waitFor(() => expect(recorder.recordingId).not.toBeNull(), patience);
    recorders.set(recorder.recordingId ?? '', recorder);

    return {
      id,
      recorder,
      recording: () => recordingOf(id),
      /** Sends until it is told to go, from now on. */
      async send(speaker: Speaker, only: PlannedPacket[] = packets) {
        const sender = await openSender(lease.router, only);
        const begin = (source: Source) =>
          recorder.record({ ...speaker, source }, source === 'camera' ? sender.video : sender.audio);
        const before = listening;
        begin('camera');
        begin('microphone');
        await vi.waitFor(() => expect(listening).toBe(before + 2), patience);
        const sending = sender.send();
        return {
          async go() {
            recorder.forget(speaker.participantId, 'camera');
            recorder.forget(speaker.participantId, 'microphone');
            sender.close();
            await sending;
          },
        };
      },
      /** The recorder's last word, then the presenter's. */
      async end() {
        await recorder.stop('finishing');
        lease.release();
        const response = await teacher.post(`/api/class-sessions/${id}/end`);
        if (!response.ok) throw new Error(await response.text());
      },
      async published() {
        await vi.waitFor(async () => expect((await recordingOf(id)).state).toBe('finished'), patience);
        const recording = await recordingOf(id);
        const shown = await recordings.service.recordingOf(recording.resource_id ?? '');
        if (!shown) throw new Error('nothing is shown of a published recording');
        const file = world.db.selectFrom('file').select('object_key').where('id', '=', recording.id);
        const path = join(world.folder, `${recording.id}.mp4`);
        const { object_key: key } = await file.executeTakeFirstOrThrow();
        await writeFile(path, await buffer(await recordings.storage.get(key)));
        return { path, recording, ...shown };
      },
    };
  }

  return {
    ...world,
    packets,
    recordings,
    openLesson,
    async close() {
      await recordings.close();
      await pool.close();
      await world.close();
    },
  };
}

/** Programs that this process has started and whose command line holds all of `words`. */
export async function childrenRunning(...words: string[]): Promise<number[]> {
  return (await running(words)).filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);
}

/** Everybody's processes with these words in their command. */
export async function running(words: readonly string[]): Promise<{ pid: number; parent: number; uid: number }[]> {
  const found: { pid: number; parent: number; uid: number }[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8');
      const status = await readFile(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
      const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
      if (words.every((word) => command.includes(word))) found.push({ pid: Number(name), parent, uid });
    } catch (error) {
      // It ended while it was looked at.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return found;
}
