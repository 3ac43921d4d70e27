import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { EmptyRecordingError, finishRecording } from '../../media/index.ts';
import { maxPiecePoints } from '../../media/protocol.ts';
import { Recorder } from '../../media/recorder.ts';
import { createWorkerPool } from '../../media/workers.ts';
import type { JobContext } from '../../server/jobs/definition.ts';
import { createOutbox } from '../../server/outbox/outbox.ts';
import { createCleaning } from '../../server/recordings/clean.ts';
import { createFinishing } from '../../server/recordings/finish.ts';
import { recordingPrefix } from '../../server/recordings/journal.ts';
import { findOnPages } from '../../server/resources/page-hits.ts';
import { testWorkerBin } from '../environment/services.ts';
import { encodeLesson, type PlannedPacket } from '../media/environment/lesson-packets.ts';
import { freePorts } from '../media/environment/ports.ts';
import { openSender } from '../media/environment/rtp-sender.ts';
import { probe, toneEnergy } from '../media/environment/watching.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { openEncoding, openRecordings } from './recordings-process.ts';

const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
const patience = { timeout: 60_000, interval: 100 };

let world: LessonWorld;
/** More than any test here needs: it stops when enough has been written. */
let packets: PlannedPacket[];
let recordings: Awaited<ReturnType<typeof openRecordings>>;
beforeAll(async () => {
  world = await createLessonWorld();
  recordings = await openRecordings({ databaseUrl: world.database.url, folder: world.folder });
  await recordings.jobs.start();
  packets = await encodeLesson(world.folder, 'vp8', 12);
}, 180_000);
afterAll(async () => {
  await recordings.close();
  await world.close();
});

/** In it, the room of 东河小学 listens; the other one never came. */
async function liveSession() {
  const teacher = await world.signInAs('teacher-lead');
  const slidesFileId = await world.addSlides('teacher-lead', 5);
  const roomIds = [world.rooms.lead, world.rooms.member];
  const { id } = await world.schedule(teacher, 0, { allowClash: true, slidesFileId, roomIds });
  const [accountId, roomId] = [null, world.rooms.member];
  const joined = { participantId: 'p', role: 'receiver', accountId, deviceId: 'd', roomId };
  await world.db
    .insertInto('class_event')
    .values({ class_session_id: id, at: new Date(), kind: 'joined', data: JSON.stringify(joined) })
    .execute();
  const now = new Date();
  const live = { state: 'live', started_at: now, seen_at: now } as const;
  await world.db.updateTable('class_session').set(live).where('id', '=', id).execute();
  await recordings.service.arm(world.db, id, now);
  const end = async () => {
    const response = await teacher.post(`/api/class-sessions/${id}/end`);
    if (!response.ok) throw new Error(await response.text());
  };
  const read = async () => await (await teacher.get(`/api/class-sessions/${id}`)).json();
  return { id, slidesFileId, end, read };
}

/** Until so much sound has been written. */
async function written(classSessionId: string, ms: number): Promise<void> {
  const heard = async () => {
    const { packets } = await world.db
      .selectFrom('recording')
      .innerJoin('recording_chunk', 'recording_chunk.recording_id', 'recording.id')
      .where('class_session_id', '=', classSessionId)
      .where('track_id', 'like', '%microphone')
      .select((eb) => eb.fn.sum<string | null>('packets').as('packets'))
      .executeTakeFirstOrThrow();
    // Opus packets hold 20 ms each.
    return Number(packets) * 20;
  };
  await vi.waitFor(async () => expect(await heard()).toBeGreaterThan(ms), patience);
}

/** As much as one event of the journal can hold; PostgreSQL indexes no more than 2,704 bytes of it. */
const largest = {
  ...({ id: 'sixteen-long-id_', color: 'black', width: 'thick' } as const),
  points: Array.from({ length: 2 * maxPiecePoints }, (_, index) => 10_000 - 78 * index),
};

/** Teaches with real packets into the recordings, until so much has been written; towards the end with other slides. */
async function teach(
  classSessionId: string,
  slidesFileId: string,
  lastsMs: number,
  otherFileId?: string,
): Promise<void> {
  const pool = await createWorkerPool({
    count: 1,
    basePort: await freePorts(1),
    listenAddress: '127.0.0.1',
    announcedAddress: undefined,
    workerBin: testWorkerBin(),
    log,
  });
  const lease = await pool.openRouter();
  const spoolFolder = join(world.folder, 'spool', classSessionId);
  const recorder = new Recorder({ classSessionId, sink: recordings.sink, spoolFolder, log });
  recorder.start(Date.now());
  recorder.note({ type: 'slides', fileId: slidesFileId, page: 1 });
  await recorder.attach(lease.router);
  const sender = await openSender(lease.router, packets);
  const presenter = { participantId: 'presenter', role: 'presenter', roomId: null } as const;
  recorder.record({ ...presenter, source: 'camera' }, sender.video);
  recorder.record({ ...presenter, source: 'microphone' }, sender.audio);
  const sending = sender.send();
  await written(classSessionId, lastsMs / 2);
  recorder.note({ type: 'slide', page: 2 });
  const at = { fileId: slidesFileId, page: 2 };
  recorder.note({ type: 'stroke', ...at, from: 0, stroke: { ...largest, id: 'undone' } });
  recorder.note({ type: 'strokeUndone', ...at, strokeId: 'undone' });
  recorder.note({ type: 'stroke', ...at, from: 0, stroke: largest });
  recorder.note({ type: 'stroke', ...at, from: maxPiecePoints, stroke: { ...largest, points: [1, 2] } });
  recorder.note({
    type: 'stroke',
    ...at,
    fileId: crypto.randomUUID(),
    from: 0,
    stroke: { ...largest, id: 'elsewhere' },
  });
  if (otherFileId !== undefined) {
    await delay(300);
    recorder.note({ type: 'slides', fileId: otherFileId, page: 2 });
  }
  await written(classSessionId, lastsMs);
  await recorder.stop('finishing');
  sender.close();
  await sending;
  lease.release();
  await pool.close();
}

const recordingOf = (classSessionId: string) =>
  world.db.selectFrom('recording').selectAll().where('class_session_id', '=', classSessionId).executeTakeFirstOrThrow();

async function objectsOf(recordingId: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of recordings.storage.list(recordingPrefix(recordingId))) keys.push(key);
  return keys;
}

const context = (lastAttempt: boolean, attempt = 1): JobContext => ({
  jobId: crypto.randomUUID(),
  attempt,
  lastAttempt,
  signal: new AbortController().signal,
  log,
});

describe('a lesson', { timeout: 120_000 }, () => {
  it('becomes a class recording of the library', async () => {
    const { id, slidesFileId, end, read } = await liveSession();
    const words = ['认识几分之一', '折一折，涂一涂', '比一比大小', '练习', '小结'];
    await world.db
      .insertInto('page_text')
      .values(words.map((text, index) => ({ file_id: slidesFileId, number: index + 1, text })))
      .execute();
    const otherFileId = await world.addSlides('teacher-lead', 2);
    const otherWords = ['练习纸', '把一个圆平均分成四份'];
    await world.db
      .insertInto('page_text')
      .values(otherWords.map((text, index) => ({ file_id: otherFileId, number: index + 1, text })))
      .execute();
    await teach(id, slidesFileId, 5_000, otherFileId);
    await end();
    await vi.waitFor(async () => expect((await recordingOf(id)).state).toBe('finished'), patience);

    const { id: recordingId, resource_id: resourceId, duration_ms: durationMs } = await recordingOf(id);
    expect(await read()).toMatchObject({ state: 'published', recording: { state: 'finished', resourceId } });
    const resource = await world.db
      .selectFrom('resource')
      .selectAll()
      .where('id', '=', resourceId ?? '')
      .executeTakeFirstOrThrow();
    expect(resource).toMatchObject({
      kind: 'class_recording',
      title: '专递课堂：分数的初步认识',
      owner_id: world.accounts['teacher-lead'],
      school_id: world.schools.lead,
      visibility: 'alliance',
      licence: 'alliance_only',
      status: 'published',
      description: expect.stringMatching(
        /^\d{4}年\d{1,2}月\d{1,2}日周[一二三四五六日]，.+主讲。听讲：东河小学多媒体教室。$/,
      ),
    });
    const outbox = await world.db
      .selectFrom('outbox')
      .select('entity_id')
      .where('entity_id', '=', resource.id)
      .execute();
    expect(outbox).toHaveLength(1);

    const file = await world.db.selectFrom('file').selectAll().where('id', '=', recordingId).executeTakeFirstOrThrow();
    expect(file).toMatchObject({
      resource_id: resource.id,
      name: '专递课堂：分数的初步认识.mp4',
      media_type: 'video/mp4',
      state: 'ready',
      duration_ms: durationMs,
      width: 640,
      height: 360,
    });
    const content = await buffer(await recordings.storage.get(file.object_key));
    expect(createHash('sha256').update(content).digest('hex')).toBe(file.sha256);
    const path = join(world.folder, 'published.mp4');
    await writeFile(path, content);
    const { format, streams } = await probe(path);
    expect(format.duration * 1000).toBeCloseTo(Number(durationMs), -2);
    expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
    expect(Math.max(...(await toneEnergy(path, 1_000)))).toBeGreaterThan(0.03);
    const posters = await world.db.selectFrom('preview').selectAll().where('file_id', '=', recordingId).execute();
    expect(posters.map(({ kind, width }) => [kind, width])).toEqual([
      ['poster', 320],
      ['poster', 640],
    ]);
    for (const { object_key: key, bytes } of posters) expect((await recordings.storage.stat(key))?.bytes).toBe(bytes);

    const shown = await recordings.service.recordingOf(resource.id);
    expect(shown).toMatchObject({ classSessionId: id, durationMs });
    expect(shown?.completeness).toBeGreaterThan(0.9);
    expect(shown?.slides.map(({ fileId, page }) => [fileId, page])).toEqual([
      [slidesFileId, 1],
      [slidesFileId, 2],
      [otherFileId, 2],
    ]);
    expect(shown?.slides[0]?.atMs).toBe(0);
    expect(Number(durationMs)).toBeGreaterThan(4_500);
    expect(shown?.slides[1]?.atMs).toBeGreaterThan(500);
    expect(shown?.slides[1]?.atMs).toBeLessThan(Number(shown?.slides[2]?.atMs));
    expect(shown?.slides[2]?.atMs).toBeLessThan(Number(durationMs));
    expect(await recordings.service.recordingOf(crypto.randomUUID())).toBeNull();

    // What was drawn on them, with its times, is read by itself.
    expect(shown).toMatchObject({ hasInk: true });
    const ink = await recordings.service.inkShown(resource.id);
    const kept = ink.strokes.filter(({ goneMs }) => goneMs === null);
    expect(kept).toMatchObject([{ fileId: slidesFileId, page: 2, color: 'black', width: 'thick' }]);
    expect(ink.strokes, 'and the one that was taken back').toHaveLength(2);
    expect(kept[0]?.pieces.map(({ points }) => points)).toEqual([largest.points, [1, 2]]);
    expect(kept[0]?.pieces[0]?.atMs).toBeGreaterThanOrEqual(shown?.slides[1]?.atMs ?? 0);
    expect(new Set(ink.strokes.map(({ fileId }) => fileId)), 'none of what was not shown').toEqual(
      new Set([slidesFileId]),
    );
    expect(await recordings.service.inkShown(crypto.randomUUID())).toEqual({ strokes: [] });

    // The words of the slides that were shown lead to their moment; of the others nothing is said.
    const find = async (term: string) => (await findOnPages(world.db, [resource.id], [term])).get(resource.id);
    expect(await find('涂一涂')).toMatchObject({ fileId: recordingId, page: 2, atMs: shown?.slides[1]?.atMs });
    expect(await find('平均分成')).toMatchObject({ fileId: recordingId, page: 2, atMs: shown?.slides[2]?.atMs });
    for (const term of ['比一比', '练习纸']) expect(await find(term)).toBeUndefined();
    // They are read anew, and better; what is said in it stays.
    await world.db.insertInto('page_text').values({ file_id: recordingId, number: 0, text: '同学们好' }).execute();
    await world.db.transaction().execute(async (trx) => {
      await trx.updateTable('page_text').set({ text: '剪一剪' }).where('file_id', '=', slidesFileId).execute();
      await recordings.pagesRead(trx, slidesFileId);
    });
    expect(await find('剪一剪')).toMatchObject({ fileId: recordingId });
    expect(await find('涂一涂')).toBeUndefined();
    expect(await find('平均分成'), 'those of other slides stay').toMatchObject({ page: 2 });
    expect(await find('同学们好')).toMatchObject({ fileId: recordingId });
    const changes = world.db.selectFrom('outbox').select('id').where('entity_id', '=', resource.id);
    expect(await changes.execute()).toHaveLength(2);

    // Its sound alone is there at once, and small.
    const sound = await world.db
      .selectFrom('rendition')
      .selectAll()
      .where('file_id', '=', recordingId)
      .executeTakeFirstOrThrow();
    expect(sound).toMatchObject({ name: 'audio', media_type: 'audio/mp4' });
    expect(sound.bitrate).toBeLessThan(40_000);
    expect(shown?.thin).toEqual({ bytes: sound.bytes, share: sound.bytes / file.bytes });
    const soundPath = join(world.folder, 'sound.mp4');
    await writeFile(soundPath, await buffer(await recordings.storage.get(sound.object_key)));
    const heard = await probe(soundPath);
    expect(heard.streams.map(({ codec_name }) => codec_name)).toEqual(['aac']);
    expect(heard.format.duration * 1000).toBeCloseTo(Number(durationMs), -2.4);

    // The chunks were kept until now; the job that deletes them leaves what the library shows.
    expect((await objectsOf(recordingId)).length).toBeGreaterThan(4);
    await createCleaning(recordings)({ recordingId }, context(false));
    expect(await objectsOf(recordingId)).toEqual([file.object_key]);
  });

  it('of which a chunk is gone is published with a gap, when it does not come back', async () => {
    const { id, slidesFileId } = await liveSession();
    await teach(id, slidesFileId, 4_000);
    await world.db.updateTable('class_session').set({ state: 'ended' }).where('id', '=', id).execute();
    const { id: recordingId } = await recordingOf(id);
    const [chunk] = await objectsOf(recordingId);
    if (!chunk) throw new Error('nothing was recorded');
    const finish = createFinishing({
      db: world.db,
      storage: recordings.storage,
      outbox: createOutbox(),
      ...(await openEncoding(world.folder)),
      finishVideo: finishRecording,
      waitingChunks: () => 0,
      finishLater: () => Promise.reject(new Error('nothing waits')),
      onPublished: () => Promise.resolve(),
      sendClean: () => Promise.resolve(),
    });
    // A store that is not mounted knows none of them: that is no empty lesson.
    const chunks = join(world.folder, 'objects', recordingPrefix(recordingId));
    await rename(chunks, join(world.folder, 'away'));
    await expect(finish({ recordingId }, context(false, 5))).rejects.toThrow(EmptyRecordingError);
    expect(await recordingOf(id)).toMatchObject({ state: 'finishing', failure: null });
    await rename(join(world.folder, 'away'), chunks);

    await recordings.storage.delete(chunk);
    await expect(finish({ recordingId }, context(false, 4))).rejects.toThrow('missing or damaged');
    await finish({ recordingId }, context(false, 5));
    const recording = await recordingOf(id);
    expect(recording).toMatchObject({ state: 'finished', failure: null });
    expect(recording.completeness).toBeLessThan(0.95);
    const shown = await recordings.service.recordingOf(recording.resource_id ?? '');
    expect(shown?.gaps.length).toBeGreaterThan(0);
  });

  it('of which a chunk is damaged fails for an administrator to see, and is finished when that is mended', async () => {
    const { id, slidesFileId } = await liveSession();
    await teach(id, slidesFileId, 2_000);
    await world.db.updateTable('class_session').set({ state: 'ended' }).where('id', '=', id).execute();
    const { id: recordingId } = await recordingOf(id);
    const [chunk] = await objectsOf(recordingId);
    if (!chunk) throw new Error('nothing was recorded');
    const bytes = await buffer(await recordings.storage.get(chunk));
    await recordings.storage.delete(chunk);

    let waiting = 0;
    const postponed: string[] = [];
    const finish = createFinishing({
      db: world.db,
      storage: recordings.storage,
      outbox: createOutbox(),
      ...(await openEncoding(world.folder)),
      finishVideo: finishRecording,
      waitingChunks: () => waiting,
      finishLater: async (later) => void postponed.push(later),
      onPublished: () => Promise.resolve(),
      sendClean: () => Promise.resolve(),
    });
    // What still lies on the disk of the media node is waited for.
    waiting = 2;
    await finish({ recordingId }, context(true));
    expect(postponed).toEqual([recordingId]);
    expect(await recordingOf(id)).toMatchObject({ failure: null, resource_id: null });
    waiting = 0;

    await expect(finish({ recordingId }, context(false))).rejects.toThrow();
    expect(await recordingOf(id)).toMatchObject({ state: 'finishing', failure: null });
    await expect(finish({ recordingId }, context(true))).rejects.toThrow();
    expect(await recordingOf(id)).toMatchObject({ state: 'failed', failure: 'unfinishable', resource_id: null });

    await recordings.storage.put(chunk, Readable.from([bytes]), { bytes: bytes.length });
    await finish({ recordingId }, context(false));
    expect(await recordingOf(id)).toMatchObject({ state: 'finished', failure: null });
    // Once more is harmless.
    await finish({ recordingId }, context(false));
    const made = world.db.selectFrom('resource').select('id').where('title', '=', '专递课堂：分数的初步认识');
    expect(await made.execute()).toHaveLength(3);
  });
});

describe('a lesson of which nothing was sent', () => {
  it('leaves no recording, and says so', async () => {
    const { id, end, read } = await liveSession();
    await end();
    await vi.waitFor(async () => expect((await recordingOf(id)).state).toBe('failed'), patience);
    expect(await read()).toMatchObject({
      state: 'ended',
      recording: { state: 'failed', resourceId: null, failure: 'empty' },
    });
  });
});

describe('chunks that wait on the disk of the media node', () => {
  it('are waited for', { timeout: 60_000 }, async () => {
    recordings.waiting.chunks = 3;
    onTestFinished(() => {
      recordings.waiting.chunks = 0;
    });
    const { id, end } = await liveSession();
    await end();
    await delay(3_000);
    expect((await recordingOf(id)).state).toBe('armed');
    recordings.waiting.chunks = 0;
    await vi.waitFor(async () => expect((await recordingOf(id)).state).toBe('failed'), patience);
  });
});
