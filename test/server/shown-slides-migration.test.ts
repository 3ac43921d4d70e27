import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../server/database/migrate.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';

let world: LessonWorld;
beforeAll(async () => {
  world = await createLessonWorld();
});
afterAll(() => world.close());

it('counts the words of recordings of before by turns', async () => {
  const { db } = world;
  const slidesFileId = await world.addSlides('teacher-lead', 5);
  const { id: sessionId } = await world.schedule(await world.signInAs('teacher-lead'), 0, { slidesFileId });
  const recordingId = await world.addSlides('teacher-lead', 1);
  const turns = [5, 1, 3, 1].map((page, index) => ({ atMs: index * 1000, page, fileId: slidesFileId }));
  const slides = [{ atMs: 0, page: 1, fileId: null }, ...turns];
  await db
    .insertInto('recording')
    .values({ id: recordingId, class_session_id: sessionId, timeline: JSON.stringify({ slides, gaps: [] }) })
    .execute();
  const numbered = (fileId: string, numbers: readonly number[]) =>
    numbers.map((number) => ({ file_id: fileId, number, text: `第${number}页` }));
  await db
    .insertInto('page_text')
    .values([...numbered(slidesFileId, [1, 3, 5]), ...numbered(recordingId, [0, 1, 3, 5])])
    .execute();

  await sql`drop table class_session_slides`.execute(db);
  await sql`drop index class_session_by_slides`.execute(db);
  await sql`delete from kysely_migration where name >= '0023-shown-slides'`.execute(db);
  expect((await migrate(db))[0]).toBe('0023-shown-slides');

  const textsOf = async (fileId: string) => {
    const texts = db.selectFrom('page_text').select(['number', 'text']).where('file_id', '=', fileId);
    return (await texts.orderBy('number').execute()).map(({ number, text }) => [number, text]);
  };
  expect(await textsOf(recordingId)).toEqual([
    [0, '第0页'],
    [2, '第5页'],
    [3, '第1页'],
    [4, '第3页'],
  ]);
  expect(await textsOf(slidesFileId)).toHaveLength(3);
});
