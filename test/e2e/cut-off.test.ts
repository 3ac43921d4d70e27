import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { type Classroom, openClassroom, presenting } from './environment/classroom.ts';
import { type Line, openLine } from './environment/line.ts';
import { photograph } from './environment/screenshots.ts';
import { watchFor } from './environment/watching.ts';

let classroom: Classroom;
/** Of the presenter's page and its socket; media goes beside it. */
let line: Line;
let studio: Page;
let room: Page;

beforeAll(async () => {
  classroom = await openClassroom();
  const { scene } = classroom;
  ({ room } = classroom);
  line = await openLine(scene.product.address);
  const browser = classroom.studio.context().browser() ?? scene.browser;
  studio = await scene.open('teacher', { browser, address: line.address });
  await studio.goto(`/studio/${classroom.sessionId}`);
  await studio.getByRole('button', { name: '开始上课' }).click();
  await watchFor(presenter(), presenting.plates);
}, 300_000);

afterAll(async () => {
  await line?.close();
  await classroom?.close();
});

const presenter = () => room.getByLabel('主讲教师', { exact: true });
const alarm = () => studio.getByRole('alert').getByText('网络断了，正在恢复');
const away = () => room.getByText('主讲教师暂时掉线');
/** Long before the node gives up who does not come back, which is after 30 s. */
const soon = { timeout: 10_000 };

it('a presenter whose socket alone is lost is seen all the while, and nobody says otherwise', async () => {
  await line.loseAfter(1);
  await alarm().waitFor();
  const told = away()
    .waitFor({ timeout: 5_000 })
    .then(
      () => true,
      () => false,
    );
  await watchFor(presenter(), presenting.plates);
  expect(await told).toBe(false);
  await line.restore();
  await alarm().waitFor({ state: 'detached' });
  await watchFor(presenter(), presenting.plates);
});

it('a presenter whose page is gone is said to be so over the last picture, until the page is there again', async () => {
  await studio.goto('about:blank');
  await away().waitFor(soon);
  expect(await presenter().isVisible(), 'the last picture, below the words').toBe(true);
  await photograph(room, 'room-presenter-cut');
  await expectAccessible(room, 'room whose presenter is cut off');
  await studio.goto(`/studio/${classroom.sessionId}`);
  await watchFor(presenter(), presenting.plates);
  expect(await away().count()).toBe(0);
});

it('a presenter whose browser has died is missed as soon', async () => {
  await studio.context().browser()?.close();
  await away().waitFor(soon);
});
