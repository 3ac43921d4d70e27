import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { coursewarePptx } from '../../infra/demo/formats/documents.ts';
import { bigScreen, visit } from './environment/chromium.ts';
import { type Classroom, openClassroom, topicOf } from './environment/classroom.ts';
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

const expectAt = (page: number) => expect.poll(() => studio.locator('.at').textContent()).toBe(`${page} / ${pages}`);
const shownIn = (page: Page, number: number) =>
  page.getByRole('img', { name: `第 ${number} 页`, exact: true }).waitFor();

it('goes to the ends by one key, and through the pages while a key is held', async () => {
  await expectAt(1);
  await studio.keyboard.press('End');
  await expectAt(pages);
  await shownIn(room, pages);
  await studio.keyboard.press('Home');
  await shownIn(room, 1);
  for (let times = 0; times < 12; times += 1) await studio.keyboard.down('PageDown');
  await studio.keyboard.up('PageDown');
  await expectAt(13);
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
  await shownIn(studio, 40);
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

it('begins without pages that are still being made, says so, and has them as soon as they are there', async () => {
  const { alliance } = classroom.scene;
  const teacher = await alliance.clientOf('teacher');
  await studio.getByRole('button', { name: '下课', exact: true }).click();
  await studio.getByRole('button', { name: '确定下课' }).click();
  await studio.getByText('下课了，辛苦了').waitFor();
  // What was uploaded before it is converted before it.
  const deck = await coursewarePptx(topicOf(pages));
  await teacher.upload('先上传.pptx', deck);
  const slidesFileId = await teacher.upload('刚刚上传.pptx', deck);
  const start = new Date();
  const planned = {
    title: '三年级数学《刚刚上传》',
    allianceId: alliance.id,
    roomIds: (await alliance.admin.get('/rooms', roomList)).items.map(({ id }) => id),
    scheduledStart: start.toISOString(),
    scheduledEnd: new Date(start.getTime() + 40 * 60_000).toISOString(),
    slidesFileId,
    allowClash: true,
  };
  const { id } = await teacher.send('POST', '/class-sessions', planned, z.object({ id: z.string() }));
  await studio.goto(`/studio/${id}`);
  await studio.getByRole('button', { name: '开始上课' }).click();
  await studio.getByText('课件的页面正在生成，好了自动出现').waitFor();
  await photograph(studio, 'studio-slides-coming');
  await studio.getByRole('img', { name: '第 1 页', exact: true }).waitFor({ timeout: 240_000 });
  await shownIn(room, 1);
  await studio.keyboard.press('End');
  await shownIn(room, pages);
});
