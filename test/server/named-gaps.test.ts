import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../server/database/migrate.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';

let world: LessonWorld;
beforeAll(async () => {
  world = await createLessonWorld();
});
afterAll(() => world.close());

const track = (source: string, roomId: string | null, startMs: number, endMs: number) => {
  const ids = { trackId: crypto.randomUUID(), participantId: crypto.randomUUID() };
  return { ...ids, source, roomId, startMs, endMs, expectedMs: endMs - startMs, receivedMs: 0, lostPackets: 1 };
};

/** A published recording with this time line. */
async function addRecording(timeline: object, startsInMinutes: number): Promise<string> {
  const { db, accounts, schools } = world;
  const { id: class_session_id } = await world.schedule(await world.signInAs('teacher-lead'), startsInMinutes);
  const owned = { school_id: schools.lead, owner_id: accounts['teacher-lead'] ?? '', title: '分数' };
  const resource = await db
    .insertInto('resource')
    .values({
      ...owned,
      kind: 'class_recording',
      licence: 'alliance_only',
      visibility: 'alliance',
      status: 'published',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const kept = { resource_id: resource.id, state: 'finished' as const, duration_ms: 90_000, completeness: 1 };
  await db
    .insertInto('recording')
    .values({ class_session_id, ...kept, timeline: JSON.stringify({ slides: [], ...timeline }) })
    .execute();
  return resource.id;
}

it('names the room that something of is missing, also in recordings of before', async () => {
  const { member } = world.rooms;
  const tracks = [
    track('camera', null, 0, 60_000),
    track('camera', member, 20_000, 40_000),
    track('camera', null, 62_000, 90_000),
    track('microphone', null, 0, 90_000),
  ];
  const gaps = [
    { track: 'camera', startMs: 3_000, endMs: 4_000 },
    // The first second of a room, which is also within the presenter's.
    { track: 'camera', startMs: 20_000, endMs: 21_000 },
    { track: 'microphone', startMs: 20_000, endMs: 21_000.4 },
    // Until the presenter was back.
    { track: 'camera', startMs: 60_000, endMs: 62_000 },
  ];
  const before = await addRecording({ tracks, gaps }, 0);
  const whole = await addRecording({ tracks, gaps: [] }, 60);
  await sql`delete from kysely_migration where name >= '0024-senders-of-gaps'`.execute(world.db);
  expect((await migrate(world.db))[0]).toBe('0024-senders-of-gaps');

  const shown = await world.recordings.recordingOf(before);
  const room = '东河小学 多媒体教室';
  expect(shown?.gaps).toEqual([
    { track: 'camera', room: null, startMs: 3_000, endMs: 4_000 },
    { track: 'camera', room, startMs: 20_000, endMs: 21_000 },
    { track: 'microphone', room: null, startMs: 20_000, endMs: 21_000 },
    { track: 'camera', room: null, startMs: 60_000, endMs: 62_000 },
  ]);
  expect((await world.recordings.recordingOf(whole))?.gaps).toEqual([]);
});
