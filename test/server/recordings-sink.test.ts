import { createHash, randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordedChunk, type RecordedTrack, SinkRefusal } from '../../media/index.ts';
import { chunkKey, readJournal } from '../../server/recordings/journal.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { outcome } from './environment/browser.ts';

let world: LessonWorld;
beforeAll(async () => {
  world = await createLessonWorld();
});
afterAll(() => world.close());

/** A live session with an armed recording that no recorder has opened yet. */
async function armed() {
  const teacher = await world.signInAs('teacher-lead');
  const { id: classSessionId } = await world.schedule(teacher, 0, { allowClash: true });
  const now = new Date();
  const live = { state: 'live', started_at: now, seen_at: now } as const;
  await world.db.updateTable('class_session').set(live).where('id', '=', classSessionId).execute();
  await world.recordings.arm(world.db, classSessionId, now);
  const open = () => world.sink.open({ classSessionId, at: Date.now() });
  return { classSessionId, open };
}

async function opened() {
  const { classSessionId, open } = await armed();
  const { recordingId, epoch } = await open();
  const track: RecordedTrack = {
    recordingId,
    trackId: `${epoch}-1-camera`,
    epoch,
    participantId: 'presenter',
    role: 'presenter',
    roomId: null,
    source: 'camera',
    kind: 'video',
    mimeType: 'video/VP8',
    clockRate: 90_000,
    channels: null,
    openedAt: Date.now(),
  };
  await world.sink.trackOpened(track);
  return { classSessionId, recordingId, epoch, track };
}

function chunkOf({ recordingId, trackId, epoch }: RecordedTrack, number: number, bytes: Buffer): RecordedChunk {
  return {
    recordingId,
    trackId,
    epoch,
    number,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    packets: 3,
    firstSequence: 70_000,
    lastSequence: 70_002,
    firstArrival: 1_790_000_000_000,
    lastArrival: 1_790_000_001_500,
  };
}

const stateOf = (id: string) =>
  world.db.selectFrom('recording').select('state').where('id', '=', id).executeTakeFirstOrThrow();
const changesOf = async (id: string) => {
  const query = world.db
    .selectFrom('recording_state_change')
    .select('state')
    .where('recording_id', '=', id)
    .orderBy('id');
  return (await query.execute()).map(({ state }) => state);
};
const say = (
  recordingId: string,
  state: 'armed' | 'recording' | 'interrupted' | 'finishing' | 'finished',
  at = Date.now(),
) => world.sink.stateChanged({ recordingId, state, reason: null, at });

describe('opening', () => {
  it('answers the one recording of the session, and epochs of its own to each recorder', async () => {
    const { open } = await armed();
    const first = await open();
    const second = await open();
    expect(second.recordingId).toBe(first.recordingId);
    expect(second.epoch - first.epoch).toBeGreaterThanOrEqual(1000);
    expect(await stateOf(first.recordingId)).toEqual({ state: 'armed' });
  });

  it('knows by a second recorder that the first is gone', async () => {
    const { open } = await armed();
    const { recordingId } = await open();
    await say(recordingId, 'recording');
    await open();
    await say(recordingId, 'recording');
    expect(await changesOf(recordingId)).toEqual(['armed', 'recording', 'interrupted', 'recording']);
  });

  it('refuses a session that nobody has started', async () => {
    await expect(world.sink.open({ classSessionId: crypto.randomUUID(), at: 0 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('a chunk', () => {
  it('is an object and a row, once', async () => {
    const { recordingId, track } = await opened();
    const bytes = Buffer.from('packets');
    const chunk = chunkOf(track, 0, bytes);
    await world.sink.chunkWritten(chunk, bytes);
    await world.sink.chunkWritten(chunk, bytes);
    await world.sink.trackOpened(track);
    expect(await buffer(await world.storage.get(chunkKey(chunk)))).toEqual(bytes);
    expect(await readJournal(world.db, recordingId)).toEqual({
      recordingId,
      tracks: [track],
      chunks: [chunk],
      events: [],
    });
  });

  it('is taken up where a crash between object and row has left it', async () => {
    const { recordingId, track } = await opened();
    const bytes = Buffer.from('packets');
    const chunk = chunkOf(track, 0, bytes);
    await world.storage.put(chunkKey(chunk), Readable.from([bytes]), { bytes: bytes.length });
    await world.sink.chunkWritten(chunk, bytes);
    expect((await readJournal(world.db, recordingId)).chunks).toEqual([chunk]);
  });

  it('is refused when its bytes are others than it says, or its number is taken', async () => {
    const { recordingId, track } = await opened();
    const bytes = Buffer.from('packets');
    const altered = world.sink.chunkWritten(chunkOf(track, 0, bytes), Buffer.from('Packets'));
    await expect(altered).rejects.toThrow(SinkRefusal);
    // It is missed as a lost one is.
    expect((await readJournal(world.db, recordingId)).chunks).toEqual([chunkOf(track, 0, bytes)]);
    expect(await world.storage.stat(chunkKey(chunkOf(track, 0, bytes)))).toBeNull();

    await world.sink.chunkWritten(chunkOf(track, 0, bytes), bytes);
    const other = Buffer.from('other');
    await expect(world.sink.chunkWritten(chunkOf(track, 0, other), other)).rejects.toThrow(SinkRefusal);
  });

  it('is refused for good when the journal knows no such track, and so is what belongs to no recording', async () => {
    const { track } = await opened();
    const bytes = Buffer.from('packets');
    const chunk = chunkOf({ ...track, trackId: 'unheard-of' }, 0, bytes);
    await expect(world.sink.chunkWritten(chunk, bytes)).rejects.toThrow(SinkRefusal);
    await expect(world.sink.chunkLost(chunk)).rejects.toThrow(SinkRefusal);
    const recordingId = randomUUID();
    await expect(world.sink.trackOpened({ ...track, recordingId })).rejects.toThrow(SinkRefusal);
    const event = { recordingId, at: 1_790_000_000_000, type: 'slide', page: 2 } as const;
    await expect(world.sink.eventHappened(event)).rejects.toThrow(SinkRefusal);
  });

  it('is refused while the store is away, and taken when it is back', async () => {
    const { recordingId, track } = await opened();
    const bytes = Buffer.from('packets');
    const chunk = chunkOf(track, 0, bytes);
    const objects = join(world.folder, 'objects');
    await rename(objects, `${objects}-away`);
    await writeFile(objects, 'no folder');
    try {
      await expect(world.sink.chunkWritten(chunk, bytes)).rejects.toThrow();
    } finally {
      await rm(objects);
      await rename(`${objects}-away`, objects);
    }
    expect((await readJournal(world.db, recordingId)).chunks).toEqual([]);
    await world.sink.chunkWritten(chunk, bytes);
    expect((await readJournal(world.db, recordingId)).chunks).toEqual([chunk]);
  });

  it('that was lost on its way is a row without an object', async () => {
    const { recordingId, track } = await opened();
    const chunk = chunkOf(track, 0, Buffer.from('packets'));
    await world.sink.chunkLost(chunk);
    await world.sink.chunkLost(chunk);
    expect((await readJournal(world.db, recordingId)).chunks).toEqual([chunk]);
    await expect(world.storage.get(chunkKey(chunk))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('comes with what happened, once and in order', async () => {
    const { recordingId } = await opened();
    const events = [
      { recordingId, at: 1_790_000_000_000, type: 'slides', fileId: null, page: 1 },
      { recordingId, at: 1_790_000_002_000, type: 'slide', page: 2 },
      { recordingId, at: 1_790_000_003_000, type: 'stage', roomIds: ['room'] },
    ] as const;
    for (const event of [...events, events[1]]) {
      await world.sink.eventHappened(event.type === 'stage' ? { ...event, roomIds: ['room'] } : event);
    }
    expect((await readJournal(world.db, recordingId)).events).toEqual(events);
  });
});

describe('what happened', () => {
  it.each(['听\0不清', '\ud83d'])('is refused for good where no row can hold it: %j', async (text) => {
    const { recordingId } = await opened();
    const at = 1_790_000_000_000;
    const message = { id: '1', roomId: 'room', kind: 'text', text, at, seen: false } as const;
    await expect(world.sink.eventHappened({ recordingId, at, type: 'message', message })).rejects.toThrow(SinkRefusal);
    expect((await readJournal(world.db, recordingId)).events).toEqual([]);
  });
});

describe('the states', () => {
  it('follow each other as they may, and what comes twice or too late changes nothing', async () => {
    const { recordingId } = await opened();
    const at = Date.now();
    await say(recordingId, 'recording', at);
    await say(recordingId, 'recording', at);
    await say(recordingId, 'armed');
    await say(recordingId, 'finished');
    await say(recordingId, 'interrupted');
    await say(recordingId, 'recording', at + 1);
    await say(recordingId, 'finishing');
    await say(recordingId, 'recording', at + 2);
    expect(await changesOf(recordingId)).toEqual(['armed', 'recording', 'interrupted', 'recording', 'finishing']);
  });

  it('start the finishing when lesson and recorder are both done, whichever is first', async () => {
    const admin = await world.signInAs('admin-lead');
    const end = (id: string) => outcome(admin.post(`/api/class-sessions/${id}/end`));

    const recorderFirst = await opened();
    await say(recorderFirst.recordingId, 'finishing');
    expect(await world.recordingJobs(recorderFirst.classSessionId)).toEqual([]);
    expect(await end(recorderFirst.classSessionId)).toBe('200');
    expect(await world.recordingJobs(recorderFirst.classSessionId)).toEqual(['recording.finish']);

    const lessonFirst = await opened();
    await end(lessonFirst.classSessionId);
    expect(await world.recordingJobs(lessonFirst.classSessionId)).toEqual(['recording.conclude']);
    await say(lessonFirst.recordingId, 'finishing');
    expect((await world.recordingJobs(lessonFirst.classSessionId)).sort()).toEqual([
      'recording.conclude',
      'recording.finish',
    ]);
  });

  it('are looked after at the next start', async () => {
    const { recordingId, classSessionId } = await opened();
    await world.db.updateTable('class_session').set({ state: 'ended' }).where('id', '=', classSessionId).execute();
    const live = await opened();
    expect(await world.recordings.recover()).toBeGreaterThan(0);
    expect(await world.recordingJobs(classSessionId)).toEqual(['recording.conclude']);
    expect(await world.recordingJobs(live.classSessionId)).toEqual([]);
    expect(await stateOf(recordingId)).toEqual({ state: 'armed' });
  });
});
