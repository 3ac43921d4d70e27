import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { coursewarePptx } from '../../infra/demo/formats/documents.ts';
import { expectAccessible, expectFitsPhone } from './environment/accessibility.ts';
import { type Classroom, courseware, lesson, openClassroom, topicOf } from './environment/classroom.ts';
import { circle, stroke, strokesIn } from './environment/drawing.ts';
import { photograph } from './environment/screenshots.ts';

const planned = 9;
const other = 4;
const worksheet = '分数 练习纸';

let classroom: Classroom;
let studio: Page;
let room: Page;
/** Of the presenter, and given up in mid-lesson. */
let givenUp: string;
beforeAll(async () => {
  classroom = await openClassroom({ pages: planned });
  ({ studio, room } = classroom);
  const teacher = await classroom.scene.alliance.clientOf('teacher');
  const state = z.object({ state: z.string() });
  const keep = async (title: string) => {
    const fileId = await teacher.upload(`${title}.pptx`, await coursewarePptx(topicOf(other)));
    const kept = { kind: 'exercise', licence: 'cc_by', visibility: 'private', title, fileIds: [fileId] };
    const { id } = await teacher.send('POST', '/resources', kept, z.object({ id: z.string() }));
    const ready = async () => (await teacher.get(`/files/${fileId}`, state)).state === 'ready';
    await vi.waitUntil(ready, { timeout: 120_000, interval: 500 });
    return id;
  };
  await keep(worksheet);
  givenUp = await keep('旧练习纸');
  await studio.goto(`/studio/${classroom.sessionId}`);
  await studio.getByRole('button', { name: '开始上课' }).click();
  await room.getByRole('img', { name: '第 1 页' }).waitFor();
}, 300_000);
afterAll(() => classroom?.close());

const expectAt = (page: number, pages: number) =>
  expect.poll(() => studio.locator('.at').textContent()).toBe(`${page} / ${pages}`);
const shownIn = (page: Page, number: number) =>
  page.getByRole('img', { name: `第 ${number} 页`, exact: true }).waitFor();
const dialog = () => studio.getByRole('dialog', { name: '选择课件' });
/** Long enough to be a chapter of the replay. */
const teach = () => studio.waitForTimeout(1_500);

describe('a presenter in mid-lesson', () => {
  it('opens slides of their own that nobody else can read yet, and the room sees them', async () => {
    await expectAt(1, planned);
    for (let turns = 0; turns < 5; turns += 1) await studio.keyboard.press('PageDown');
    await expectAt(6, planned);
    await teach();
    await studio.getByRole('button', { name: '换课件' }).click();
    await dialog().getByRole('region', { name: '本节课的课件' }).getByText('正在展示').waitFor();
    // What is looked for in the dialog turns no page.
    await dialog().getByRole('button', { name: '我的上传' }).click();
    await studio.keyboard.press('PageDown');
    await photograph(studio, 'studio-slides-choice');
    await photograph(studio, 'studio-slides-choice-phone', { width: 390, height: 844 });
    await expectAccessible(studio, 'choice of slides');
    await dialog().getByRole('button', { name: worksheet }).click();
    await dialog().waitFor({ state: 'detached' });
    await expectAt(1, other);
    await shownIn(room, 1);
    await studio.keyboard.press('End');
    await shownIn(room, other);
    await studio.keyboard.press('p');
    await stroke(studio, ...circle(0.5, 0.45, 0.12));
    await studio.mouse.up();
    await expect.poll(() => strokesIn(room).count()).toBe(1);
    await photograph(studio, 'studio-other-slides');
    await photograph(studio, 'studio-other-slides-phone', { width: 390, height: 844 });
    await expectFitsPhone(studio, 'studio with other slides');
    await photograph(room, 'room-other-slides');
    await teach();
    // The pen is laid down: its tools stand where the choice is.
    await studio.keyboard.press('p');
    await photograph(studio, 'studio-pen-down-phone', { width: 390, height: 844 });
  });

  it('goes back to those before, at the page where they were', async () => {
    await studio.getByRole('button', { name: '换课件' }).click();
    const own = dialog().getByRole('region', { name: '本节课的课件' });
    await own.getByRole('button', { name: courseware }).click();
    await expectAt(6, planned);
    await shownIn(room, 6);
    await expect.poll(() => strokesIn(room).count(), { message: 'none of the other slides' }).toBe(0);
    await teach();
  });

  it('puts them away, so that the room sees who teaches', async () => {
    await studio.getByRole('button', { name: '换课件' }).click();
    await dialog().getByRole('button', { name: '收起课件' }).click();
    await dialog().waitFor({ state: 'detached' });
    await studio.getByText('没有展示课件').waitFor();
    await room.getByRole('img', { name: '第 6 页' }).waitFor({ state: 'detached' });
    await photograph(studio, 'studio-slides-away');
    await photograph(room, 'room-slides-away');
    await teach();
    await studio.getByRole('button', { name: '选择课件' }).click();
    await dialog().getByRole('region', { name: '本节课的课件' }).getByRole('button', { name: worksheet }).click();
    await expectAt(other, other);
    await expect.poll(() => strokesIn(room).count(), { message: 'what was drawn on them before' }).toBe(1);
    await teach();
  });

  it('is told when slides cannot be opened', async () => {
    await studio.getByRole('button', { name: '换课件' }).click();
    await dialog().getByRole('button', { name: '我的上传' }).click();
    const old = dialog().getByRole('button', { name: '旧练习纸' });
    await old.waitFor();
    const teacher = await classroom.scene.alliance.clientOf('teacher');
    await teacher.send('DELETE', `/resources/${givenUp}`, undefined, z.unknown());
    await old.click();
    await dialog().getByText('这个文件不能用作课件').waitFor();
    await studio.context().setOffline(true);
    await dialog().getByRole('region', { name: '本节课的课件' }).getByRole('button', { name: courseware }).click();
    await dialog().getByRole('alert').waitFor();
    await studio.context().setOffline(false);
    await dialog().getByRole('region', { name: '本节课的课件' }).getByRole('button', { name: courseware }).click();
    await dialog().waitFor({ state: 'detached' });
    await expectAt(6, planned);
  });
});

describe('the replay of such a lesson', () => {
  it('shows each of them at its moment, with its ink, and none while there was none', async () => {
    await studio.getByRole('button', { name: '下课', exact: true }).click();
    await studio.getByRole('button', { name: '确定下课' }).click();
    await studio.getByRole('link', { name: '查看' }).click();
    await studio.getByText(`${worksheet}.pptx · ${other} 页`).waitFor();
    expect(await studio.getByText(`${courseware}.pptx · ${planned} 页`).count(), 'the planned ones').toBe(1);
    await photograph(studio, 'session-other-slides');
    await studio.getByText('课堂实录已入库').waitFor({ timeout: 120_000 });
    const page = await classroom.scene.open('member');
    await page.goto('/?q=专递课堂');
    await page.getByRole('link', { name: `专递课堂：${lesson}` }).click();
    await page.waitForURL('**/resources/*');
    const chapters = page.getByRole('list', { name: '课件翻页' }).getByRole('button');
    await chapters.first().waitFor();
    const sources = await page
      .locator('.chapters img')
      .evaluateAll((images) => images.map((image) => image.getAttribute('src')));
    expect(new Set(sources.map((source) => source?.split('/')[3])).size, 'two files').toBe(2);
    const source = () => page.locator('.slide img').first().getAttribute('src');
    const worksheetChapter = page
      .locator('.chapters button')
      .filter({ hasText: `第 ${other} 页` })
      .first();
    await worksheetChapter.click();
    await page.getByRole('img', { name: `课件第 ${other} 页`, exact: true }).waitFor();
    const shown = await source();
    await photograph(page, 'replay-other-slides');
    await page.locator('.chapters button').filter({ hasText: '第 6 页' }).last().click();
    await page.getByRole('img', { name: '课件第 6 页', exact: true }).waitFor();
    expect((await source())?.split('/')[3]).not.toBe(shown?.split('/')[3]);

    // Just before the other slides came back there were none.
    const video = page.locator('video');
    const back = await page
      .locator('.chapters button')
      .filter({ hasText: `第 ${other} 页` })
      .last()
      .locator('b')
      .textContent();
    const [minutes = 0, seconds = 0] = (back ?? '').split(':').map(Number);
    await video.evaluate(
      (element: HTMLVideoElement, at) => {
        element.currentTime = at;
      },
      minutes * 60 + seconds - 0.7,
    );
    await page.getByText('这时没有展示课件').waitFor();
    await photograph(page, 'replay-slides-away');
    await page.context().close();
  });
});
