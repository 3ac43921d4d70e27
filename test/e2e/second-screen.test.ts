import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { type Classroom, openClassroom, presenting } from './environment/classroom.ts';
import { photograph } from './environment/screenshots.ts';
import { watchFor } from './environment/watching.ts';

let classroom: Classroom;
let studio: Page;
let room: Page;
let second: Page;

beforeAll(async () => {
  classroom = await openClassroom({ twoScreens: true });
  ({ studio, room } = classroom);
}, 300_000);
afterAll(() => classroom?.close());

const otherPages = () =>
  room
    .context()
    .pages()
    .filter((page) => page !== room);
const presenterOn = (page: Page) => page.getByLabel('主讲教师', { exact: true });

it('shows whose room it is before the lesson, on all of the other screen', async () => {
  await room.getByText('已经就位').waitFor();
  await expect.poll(() => otherPages().length).toBe(1);
  [second] = otherPages() as [Page];
  await second.getByText('东河小学 三(1)班').waitFor();
  const where = () => second.evaluate(() => [screenX, innerWidth, document.fullscreenElement !== null]);
  await expect.poll(where).toEqual([1920, 1920, true]);
  await photograph(second, 'second-screen-waiting');
});

it('shows the slides on the one and the people on the other', async () => {
  await studio.goto(`/studio/${classroom.sessionId}`);
  await studio.getByRole('button', { name: '开始上课' }).click();
  await room.getByRole('img', { name: '第 1 页' }).waitFor();
  await watchFor(presenterOn(second), presenting.plates);
  expect(await presenterOn(room).count()).toBe(0);

  await studio.getByRole('button', { name: '请上台' }).click();
  await second.getByRole('heading', { name: '我们在台上' }).waitFor();
  expect(await room.getByRole('heading', { name: '我们在台上' }).count()).toBe(0);
  await watchFor(presenterOn(second), presenting.plates);
  await photograph(room, 'first-screen');
  await photograph(second, 'second-screen');
  await expectAccessible(room, 'first screen');
});

it('puts all on one screen when the other window is gone, and on two with the next touch', async () => {
  await second.close();
  await room.getByRole('heading', { name: '我们在台上' }).waitFor();
  await watchFor(presenterOn(room), presenting.plates);
  await room.getByText('点一下屏幕，用上第二块屏幕').waitFor();
  await room.mouse.click(900, 500);
  await expect.poll(() => otherPages().length).toBe(1);
  const [again] = otherPages() as [Page];
  await watchFor(presenterOn(again), presenting.plates);
  expect(await room.getByText('点一下屏幕，用上第二块屏幕').count()).toBe(0);
});

it('leaves nothing on the other screen when the page is left', async () => {
  await room.goto('about:blank');
  await expect.poll(() => otherPages().length).toBe(0);
});
