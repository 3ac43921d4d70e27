import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { bigScreen, visit } from './environment/chromium.ts';
import { type Classroom, openClassroom } from './environment/classroom.ts';
import { circle, stroke, strokesIn } from './environment/drawing.ts';
import { photograph } from './environment/screenshots.ts';

const pages = 60;
const roomList = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });

let classroom: Classroom;
let studio: Page;
let room: Page;

beforeAll(async () => {
  classroom = await openClassroom({ pages, moreRooms: 1 });
  ({ studio, room } = classroom);
  await studio.goto(`/studio/${classroom.sessionId}`);
  await studio.getByRole('button', { name: '开始上课' }).click();
  await room.getByRole('img', { name: '第 1 页' }).waitFor();
}, 300_000);

afterAll(() => classroom?.close());

const at = () => studio.locator('.at').textContent();
const shownIn = (page: Page, number: number) =>
  page.getByRole('img', { name: `第 ${number} 页`, exact: true }).waitFor();

it('goes to the ends by one key, and through the pages while a key is held', async () => {
  await studio.keyboard.press('End');
  expect(await at()).toBe(`${pages} / ${pages}`);
  await shownIn(room, pages);
  await studio.keyboard.press('Home');
  await shownIn(room, 1);
  for (let times = 0; times < 12; times += 1) await studio.keyboard.down('PageDown');
  await studio.keyboard.up('PageDown');
  expect(await at()).toBe(`13 / ${pages}`);
  await shownIn(room, 13);
  // What is switched is switched once, however long its key is held.
  for (let times = 0; times < 3; times += 1) await studio.keyboard.down('m');
  await studio.keyboard.up('m');
  await studio.getByRole('button', { name: '麦克风已关' }).waitFor();
  await studio.keyboard.press('m');
});

it('looks through the thumbnails with the wheel of a mouse, and turns to one', async () => {
  const strip = studio.getByRole('list', { name: '课件' });
  const scrolled = () => strip.evaluate((element) => element.scrollLeft);
  await studio.keyboard.press('Home');
  await expect.poll(scrolled).toBe(0);
  await strip.hover();
  await studio.mouse.wheel(0, 4_000);
  await expect.poll(scrolled).toBeGreaterThan(3_000);
  await photograph(studio, 'studio-sixty-pages');
  await strip.getByRole('button', { name: '第 40 页', exact: true }).click();
  await shownIn(room, 40);
});

it('shows a room that comes late the page that is on, with what was drawn on it', async () => {
  await studio.keyboard.press('p');
  await stroke(studio, ...circle(0.5, 0.45, 0.12));
  await studio.mouse.up();
  const { admin } = classroom.scene.alliance;
  const other = (await admin.get('/rooms', roomList)).items.find(({ name }) => name === '四年级(1)班');
  const path = z.object({ enrolmentPath: z.string() });
  const { enrolmentPath } = await admin.send('POST', `/rooms/${other?.id}/devices`, { name: '一体机' }, path);
  const late = await visit(classroom.scene.browser, classroom.scene.product.address, bigScreen);
  await late.goto(enrolmentPath);
  await shownIn(late, 40);
  await expect.poll(() => strokesIn(late).count()).toBe(1);
  await photograph(late, 'room-late');
  await late.context().close();
});
