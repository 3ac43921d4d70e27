import { buffer } from 'node:stream/consumers';
import { zipSync } from 'fflate';
import PDFDocument from 'pdfkit';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { topics } from '../../infra/demo/content/topics.ts';
import { lessonPlanDocx } from '../../infra/demo/formats/documents.ts';
import * as samples from '../server/samples.ts';
import { expectAccessible } from './environment/accessibility.ts';
import { phone } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const withId = z.object({ id: z.string() });
const fileShape = z.looseObject({ state: z.string() });
const longPages = 40;

/** A workbook whose pages all differ; a word stands on one of them only. */
function workbook(pages: number): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false, size: 'A4' });
  for (let page = 1; page <= pages; page++) {
    document.addPage().fontSize(24).text(`Chapter ${page}`).moveDown().fontSize(11);
    for (let line = 1; line <= 30; line++) document.text(`Exercise ${line}: compare ${page}/${line + 2} with a half.`);
    if (page === 31) document.text('The hypotenuse stands here.');
  }
  document.end();
  return buffer(document);
}

let scene: Scene;
const made: Record<string, { resource: string; file: string }> = {};

async function upload(key: string, name: string, content: Buffer): Promise<void> {
  const teacher = await scene.alliance.clientOf('teacher');
  const file = await teacher.upload(name, content);
  const fields = { kind: 'exercise', licence: 'cc_by', visibility: 'alliance', publish: true };
  const { id } = await teacher.send('POST', '/resources', { ...fields, title: name, fileIds: [file] }, withId);
  made[key] = { resource: id, file };
}

beforeAll(async () => {
  scene = await openScene();
  const teacher = await scene.alliance.clientOf('teacher');
  const photo = await sharp(await samples.png(3000, 2000))
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  await upload('plan', '分数的初步认识.docx', await lessonPlanDocx(topics.oneOfSeveral));
  await upload('photo', '照片.jpg', photo);
  await upload('locked', '锁.pdf', await samples.pdf(1, { userPassword: 'geheim', pdfVersion: '1.7' }));
  const packed = {
    '草船借箭/教案.docx': new Uint8Array(2048),
    '草船借箭/课件.pptx': new Uint8Array(4096),
    '朗读.mp3': new Uint8Array(512),
  };
  await upload('archive', '同课异构.zip', Buffer.from(zipSync(packed)));
  const whole = zipSync({ '课件.pptx': new Uint8Array(5000), '录像.mp4': new Uint8Array(90_000) }, { level: 0 });
  await upload('cut', '断了的.zip', Buffer.from(whole.subarray(0, 48_000)));
  for (const key of ['plan', 'photo', 'locked', 'archive', 'cut']) {
    const { file = '' } = made[key] ?? {};
    const done = async () => (await teacher.get(`/files/${file}`, fileShape)).state;
    await vi.waitFor(async () => expect(await done()).toMatch(/ready|failed/), { timeout: 90_000, interval: 300 });
  }
}, 240_000);
afterAll(() => scene?.close());

const address = (key: string, query = '') => `/resources/${made[key]?.resource}${query}`;
const shownPage = (page: Page) => page.getByRole('textbox', { name: '页码' });

describe('the viewer of documents', () => {
  let page: Page;
  beforeAll(async () => {
    page = await scene.open('member');
  });
  afterAll(() => page.context().close());

  it('says how far the preview is, and shows it by itself', async () => {
    await upload('long', '练习册.pdf', await workbook(longPages));
    await page.goto(address('long'));
    await page
      .getByText(/排队中|正在检查文件|正在生成预览：第 \d+\/40 页/)
      .first()
      .waitFor();
    await page.getByRole('region', { name: '预览 练习册.pdf' }).waitFor({ timeout: 120_000 });
    await expect.poll(() => shownPage(page).inputValue()).toBe('1');
    const views = z.object({ views: z.number() });
    const teacher = await scene.alliance.clientOf('teacher');
    // Following the progress is one look, not one a second.
    expect((await teacher.get(`/resources/${made.long?.resource}`, views)).views).toBe(1);
  });

  it('draws only the pages that are near, in room kept for all', async () => {
    const drawn = async () =>
      page.locator('[data-page]').evaluateAll((all) => all.map((one) => Number(one.dataset.page)));
    expect(await drawn()).toEqual([1, 2]);
    const { scrollHeight, clientHeight } = await page
      .locator('.stage')
      .evaluate((stage) => ({ scrollHeight: stage.scrollHeight, clientHeight: stage.clientHeight }));
    expect(scrollHeight).toBeGreaterThan(longPages * clientHeight);
    await page
      .locator('.stage')
      .evaluate((stage) => stage.dispatchEvent(new WheelEvent('wheel')) && stage.scrollTo(0, stage.scrollHeight / 2));
    await expect.poll(() => shownPage(page).inputValue()).toMatch(/^(19|20|21)$/);
    expect((await drawn()).length).toBeLessThanOrEqual(4);
    expect(await page.locator('.stage').evaluate((stage) => stage.scrollHeight)).toBe(scrollHeight);
  });

  it('is turned, zoomed and filled by keyboard', async () => {
    const stage = page.locator('.stage');
    await stage.focus();
    const press = async (key: string) => {
      await page.keyboard.press(key);
      return shownPage(page);
    };
    await expect.poll(async () => (await press('Home')).inputValue()).toBe('1');
    await press('PageDown');
    await press('ArrowRight');
    await expect.poll(() => shownPage(page).inputValue()).toBe('3');
    await press('PageUp');
    await expect.poll(() => shownPage(page).inputValue()).toBe('2');
    await press('End');
    await expect.poll(() => shownPage(page).inputValue()).toBe('40');
    const percent = page.locator('.percent');
    await press('+');
    await expect.poll(() => percent.textContent()).toBe('125%');
    expect(await shownPage(page).inputValue()).toBe('40');
    await press('-');
    await press('-');
    await expect.poll(() => percent.textContent()).toBe('75%');
    await press('0');
    await expect.poll(() => percent.textContent()).toBe('100%');
    await press('f');
    await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
    await press('f');
    await expect.poll(() => page.evaluate(() => document.fullscreenElement === null)).toBe(true);
    await page.getByRole('button', { name: '整页显示' }).click();
    const heights = await stage.evaluate((element) => [
      element.clientHeight,
      element.querySelector('[data-page="40"]')?.clientHeight ?? 0,
    ]);
    expect(heights[1]).toBeLessThanOrEqual(heights[0] ?? 0);
  });

  it('opens at the page and with the words that a hit names', async () => {
    await page.goto(address('long', `?file=${made.long?.file}&page=31&find=hypotenuse`));
    await expect.poll(() => shownPage(page).inputValue()).toBe('31');
    await page.getByText('“hypotenuse”：本页 1 处').waitFor();
    const mark = page.locator('[data-page="31"] .mark');
    await expect.poll(() => mark.count()).toBe(1);
    // Though it stands at the foot of a page that is higher than the stage.
    const [seen, around] = await Promise.all([mark.boundingBox(), page.locator('.stage').boundingBox()]);
    expect(seen?.y).toBeGreaterThan(around?.y ?? 0);
    expect((seen?.y ?? 0) + (seen?.height ?? 0)).toBeLessThan((around?.y ?? 0) + (around?.height ?? 0));
    await photograph(page, 'viewer-find');
    await page.getByRole('button', { name: '去掉标记' }).click();
    await expect.poll(() => mark.count()).toBe(0);
  });

  it('has words that are found, selected and copied', async () => {
    await page.goto(address('plan', `?find=${encodeURIComponent('分数')}`));
    const words = page.locator('[data-page="1"] .text');
    await words.waitFor({ state: 'attached' });
    await expect.poll(() => page.locator('.mark').count()).toBeGreaterThan(2);
    // Over a thin line, words weigh less than pictures only when they are squeezed.
    const sent = (await page.request.get(`/api/files/${made.plan?.file}/pages/1/text`)).headers();
    expect(sent).toMatchObject({ 'content-encoding': 'gzip', 'cache-control': 'private, max-age=31536000, immutable' });
    const found = await page.evaluate(() => (window as unknown as { find(text: string): boolean }).find('教学目标'));
    expect(found).toBe(true);
    expect(await page.evaluate(() => getSelection()?.toString())).toBe('教学目标');
    // Where a word can be taken hold of is where it is seen.
    const word = words.locator('span', { hasText: '教学目标' }).first();
    const box = await word.boundingBox();
    if (!box) throw new Error('The word has no place.');
    const mark = await page.locator('[data-page="1"] img').evaluate((image) => image.getBoundingClientRect().width);
    expect(box.width).toBeLessThan(mark / 2);
    await page.mouse.move(box.x + 1, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 4, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    expect((await page.evaluate(() => getSelection()?.toString()))?.trim()).toBe('教学目标');
    await expectAccessible(page, 'viewer');
    await photograph(page, 'viewer');
    await photograph(page, 'viewer-phone', phone);
  });

  it('says what to do about a file with a password, which can be downloaded all the same', async () => {
    await page.goto(address('locked'));
    await page.getByText('文件有密码保护，不能预览').waitFor();
    expect(await page.getByRole('link', { name: '下载' }).count()).toBeGreaterThan(0);
    await expectAccessible(page, 'file with a password');
  });
});

describe('the viewer of pictures', () => {
  let page: Page;
  beforeAll(async () => {
    page = await scene.open('member');
    await page.goto(address('photo'));
    await page.locator('.stage img').waitFor();
  });
  afterAll(() => page.context().close());
  const lies = () => page.locator('.stage img').evaluate((image) => image.style.transform);
  const percent = () => page.locator('.percent').textContent();

  it('shows it upright and whole, small at first', async () => {
    const { width, height } = (await page.locator('.stage img').boundingBox()) ?? { width: 0, height: 0 };
    expect(width / height).toBeCloseTo(2 / 3, 1);
    const source = () => page.locator('.stage img').evaluate((image) => (image as HTMLImageElement).currentSrc);
    await expect.poll(source).toMatch(/thumbnail\?width=(640|960|1280)$/);
    await expectAccessible(page, 'viewer of pictures');
  });

  it('is zoomed by double press, wheel and keyboard, moved, and then fetched as it is', async () => {
    await page.locator('.stage').dblclick({ position: { x: 300, y: 200 } });
    await expect.poll(percent).toBe('250%');
    const before = await lies();
    await page.mouse.down();
    await page.mouse.move(200, 400, { steps: 3 });
    await page.mouse.up();
    expect(await lies()).not.toBe(before);
    await page.mouse.wheel(0, -300);
    await expect.poll(async () => Number((await percent())?.replace('%', ''))).toBeGreaterThan(300);
    await expect
      .poll(() => page.locator('.stage img').evaluate((image) => (image as HTMLImageElement).currentSrc))
      .toContain('/content?');
    await photograph(page, 'viewer-picture');
    await page.locator('.stage').focus();
    await page.keyboard.press('0');
    await expect.poll(percent).toBe('100%');
    expect(await lies()).toBe('translate(0px, 0px) scale(1)');
    await page.keyboard.press('+');
    await expect.poll(percent).toBe('140%');
  });

  it('is zoomed by two fingers', async () => {
    await page.keyboard.press('0');
    const box = (await page.locator('.stage').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          type === 'touchEnd'
            ? []
            : [
                { x: x - apart, y, id: 1 },
                { x: x + apart, y, id: 2 },
              ],
      });
    await touch('touchStart', 40);
    for (const apart of [50, 60, 80]) await touch('touchMove', apart);
    await touch('touchEnd', 0);
    await expect.poll(percent).toBe('200%');
  });
});

describe('the viewer of archives', () => {
  it('lists what lies in one, by keyboard too', async () => {
    const page = await scene.open('member');
    await page.goto(address('archive'));
    await page.getByText('压缩包里有 3 个文件，解开后共 6.5 KB。').waitFor();
    const list = page.getByRole('list', { name: '压缩包里的文件' });
    expect(await list.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/草船借箭\/教案\.docx\s+2 KB/),
      expect.stringMatching(/草船借箭\/课件\.pptx\s+4 KB/),
      expect.stringMatching(/朗读\.mp3\s+512/),
    ]);
    await list.focus();
    expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);
    await expectAccessible(page, 'an archive');
    await photograph(page, 'archive');
    await photograph(page, 'archive-phone', phone);
    await page.goto('/?q=朗读');
    await page.getByRole('link', { name: '打开“同课异构.zip”，看压缩包里有什么' }).click();
    await list.waitFor();
    await page.context().close();
  });

  it('says of one that ends too early what to do, and leaves nothing undone', async () => {
    const page = await scene.open('member');
    await page.goto(address('cut'));
    await page.getByText('读不出压缩包里有什么，它可能没有复制完整').waitFor();
    await page.context().close();
    const { items } = await scene.alliance.admin.get('/system/undone', z.object({ items: z.array(z.unknown()) }));
    expect(items).toEqual([]);
  });
});
