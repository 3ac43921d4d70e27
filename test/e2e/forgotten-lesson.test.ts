import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { expectAccessible, expectFitsPhone } from './environment/accessibility.ts';
import { phone } from './environment/chromium.ts';
import { type Classroom, lesson, openClassroom } from './environment/classroom.ts';
import { photograph } from './environment/screenshots.ts';

const nextLesson = '三年级数学《几分之几》';
const roomList = z.object({
  items: z.array(z.object({ id: z.string(), devices: z.array(z.object({ id: z.string() })) })),
});

let classroom: Classroom;
let studio: Page;
let room: Page;
let nextId: string;

/** The lesson that follows in the same room, and which the timetable has already. */
async function planNext(): Promise<string> {
  const { alliance } = classroom.scene;
  const { items } = await alliance.admin.get('/rooms', roomList);
  const start = new Date();
  const planned = {
    title: nextLesson,
    allianceId: alliance.id,
    roomIds: items.map(({ id }) => id),
    scheduledStart: start.toISOString(),
    scheduledEnd: new Date(start.getTime() + 40 * 60_000).toISOString(),
    allowClash: true,
  };
  const teacher = await alliance.clientOf('teacher');
  return (await teacher.send('POST', '/class-sessions', planned, z.object({ id: z.string() }))).id;
}

const begin = async (id: string): Promise<void> => {
  await studio.goto(`/studio/${id}`);
  await studio.getByRole('button', { name: '开始上课' }).click();
  await studio.getByText(/录制中 \d/).waitFor();
};

beforeAll(async () => {
  classroom = await openClassroom();
  ({ studio, room } = classroom);
  await begin(classroom.sessionId);
  await room.getByRole('heading', { name: lesson }).waitFor();
  nextId = await planNext();
}, 300_000);

afterAll(() => classroom?.close());

it('keeps the room while its presenter is in it, though the next one is due', async () => {
  await room.waitForTimeout(10_000);
  expect(await room.getByRole('heading', { name: lesson }).count()).toBe(1);
});

it('leads its presenter back who has closed its page, from the timetable of any week and from the library', async () => {
  const band = studio.getByRole('status').filter({ hasText: '您的课还在上' });
  await studio.goto('/timetable?week=2026-01-05');
  await band.getByText(lesson).waitFor();
  await studio.goto('/timetable');
  await band.getByText(lesson).waitFor();
  await studio.getByRole('article').filter({ hasText: lesson }).waitFor();
  await photograph(studio, 'timetable-own-lesson');
  await photograph(studio, 'timetable-own-lesson-phone', phone);
  await expectFitsPhone(studio, 'timetable with a lesson that goes on');
  await expectAccessible(studio, 'timetable with a lesson that goes on');
  await studio.goto('/');
  await band.getByText(lesson).waitFor();
  await photograph(studio, 'library-own-lesson');
  await photograph(studio, 'library-own-lesson-phone', phone);
  await band.getByRole('link', { name: '回到课堂' }).click();
  await studio.getByText(/录制中 \d/).waitFor();
});

it('gives the room to the next one, when that has begun and nobody gives this one any more', async () => {
  await studio.goto('about:blank');
  await room.getByText('主讲教师暂时掉线').waitFor();
  await studio.goto(`/studio/${nextId}`);
  await studio.getByText(`这间教室还在上“${lesson}”`).waitFor();
  await photograph(studio, 'studio-held-room');
  await begin(nextId);
  const tile = studio.getByRole('article', { name: '东河小学 三(1)班' });
  await tile.getByText(`还在上“${lesson}”`).waitFor();
  await photograph(studio, 'studio-held-tile');
  await room.getByRole('heading', { name: nextLesson }).waitFor({ timeout: 40_000 });
  await studio.getByText('1 / 1 间教室在线').waitFor();
  await photograph(room, 'room-next-lesson');
  // It stays there, though the one before is still called live.
  await room.waitForTimeout(10_000);
  expect(await room.getByRole('heading', { name: nextLesson }).count()).toBe(1);
});

it('says of a room that was taken out of it that it left, not that it comes back', async () => {
  const { admin } = classroom.scene.alliance;
  const devices = (await admin.get('/rooms', roomList)).items.flatMap((one) => one.devices);
  for (const { id } of devices) await admin.send('DELETE', `/devices/${id}`, undefined, z.unknown());
  await room.getByText('这台大屏已不属于原来的教室').waitFor();
  await studio.getByRole('article', { name: '东河小学 三(1)班' }).getByText('已离开课堂').waitFor();
});
