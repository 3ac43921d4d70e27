import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { topics } from '../../infra/demo/content/topics.ts';
import { lessonPlanDocx } from '../../infra/demo/formats/documents.ts';
import { expectAccessible } from './environment/accessibility.ts';
import { phone, visit } from './environment/chromium.ts';
import { dropFiles } from './environment/dropping.ts';
import { type Line, openLine } from './environment/line.ts';
import { expectTone } from './environment/listening.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';
import { lecture, makeLecture } from './environment/test-media.ts';
import { coloursOf, type Seen, seek, watch } from './environment/watching.ts';

const title = '分数的初步认识 教学设计';
const place = ['小学', '数学', '人教版', '三年级', '上册', '第八单元 分数的初步认识', '几分之一'] as const;
const levels = ['学段', '学科', '版本', '年级', '册次', '单元', '课'] as const;

let scene: Scene;
let line: Line;
let docx: string;
let mp4: string;
let resourceUrl: string;

beforeAll(async () => {
  scene = await openScene();
  line = await openLine(scene.product.address);
  docx = join(scene.folder, `${title}.docx`);
  await writeFile(docx, await lessonPlanDocx(topics.oneOfSeveral));
  mp4 = await makeLecture(scene.folder, '分数的初步认识 微课.mp4');
}, 240_000);

afterAll(async () => {
  await line?.close();
  await scene?.close();
});

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

describe('a teacher of the lead school', () => {
  let page: Page;
  /** Offsets at which pieces of the large file began, in the order in which they were sent. */
  const offsets: number[] = [];

  beforeAll(async () => {
    page = await scene.open('teacher', { address: line.address });
    page.on('request', (request) => {
      const offset = request.method() === 'PATCH' ? request.headers()['upload-offset'] : undefined;
      if (offset !== undefined) offsets.push(Number(offset));
    });
  });
  afterAll(() => page.context().close());

  it('drops a lesson plan and a 200 MB lecture, loses the network twice, and the upload goes on where it was', async () => {
    const { size } = await stat(mp4);
    expect(size).toBeGreaterThanOrEqual(lecture.bytes);
    await page.goto('/upload');
    await page.getByText('把文件拖到这里').waitFor();
    const before = line.sentBytes();
    const lost = line.loseAfter(size / 2);
    await dropFiles(page, page.getByRole('region', { name: '把文件拖到这里' }), [docx, mp4]);
    const row = page.getByRole('listitem').filter({ hasText: basename(mp4) });
    await lost;
    const untilThen = offsets.length;
    await row.getByText(/网络断了，已传 [\d.]+ MB，恢复后自动继续/).waitFor();
    const shown = Number(await row.getByRole('progressbar').getAttribute('aria-valuenow'));
    expect(shown).toBeGreaterThan(20);
    expect(shown).toBeLessThan(80);
    await photograph(page, 'upload');
    await photograph(page, 'upload-phone', phone);

    const lostAgain = line.loseAfter(size / 4);
    await line.restore();
    await lostAgain;
    // This time the machine itself notices that it is off the network, and that it is back.
    await page.context().setOffline(true);
    await line.restore();
    await page.getByText('已经打开的内容仍可查看').waitFor();
    await row.getByText(/网络断了，已传 [\d.]+ MB/).waitFor();
    await page.context().setOffline(false);
    await row.getByText('已传完').waitFor({ timeout: 180_000 });
    expect(offsets.at(untilThen), 'the first piece after the loss').toBeGreaterThan(size / 4);
    expect(line.sentBytes() - before, 'bytes on the wire').toBeLessThan(size * 1.25);
  });

  it('says what it is and where it belongs, step by step, and publishes', async () => {
    await page.getByText('这 2 个文件是一份资源').waitFor();
    expect(await page.getByRole('textbox', { name: '标题' }).inputValue()).toBe(title);
    await page.getByRole('combobox', { name: '类型' }).selectOption({ label: '教学设计' });
    for (const [index, name] of place.entries()) {
      await page.getByRole('combobox', { name: levels[index] ?? '', exact: true }).selectOption({ label: name });
    }
    await page.getByRole('combobox', { name: '许可' }).selectOption({ label: '署名-非商业（CC BY-NC）' });
    await page.getByRole('combobox', { name: '谁能看到' }).selectOption({ label: '教育共同体' });
    await page.getByRole('textbox', { name: '说明' }).fill('配套微课，可以课前看。');
    await expectAccessible(page, 'upload');
    await page.getByRole('button', { name: '发布' }).click();
    await page.waitForURL('**/resources/*');
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    resourceUrl = new URL(page.url()).pathname;
  });
});

describe('a teacher of a member school', () => {
  let page: Page;
  const hits = () => page.locator('[data-result]');

  beforeAll(async () => {
    const teacher = await scene.alliance.clientOf('teacher');
    const nodeId = await scene.alliance.place(
      '小学',
      '数学',
      '北师大版',
      '五年级',
      '上册',
      '第五单元 分数的意义',
      '分饼',
    );
    const other = { kind: 'exercise', licence: 'cc_by', visibility: 'alliance', publish: true };
    await teacher.send('POST', '/resources', { ...other, title: '分数的意义 练习', nodeId }, z.unknown());
    await teacher.send('POST', '/resources', { ...other, title: '朗读节奏', description: '按分数评分' }, z.unknown());
    await teacher.send('POST', '/resources', { ...other, title: '秋天的雨 朗读指导' }, z.unknown());
    // The page asks once for what was typed, so it has to be in the index by then.
    const listed = z.object({ items: z.array(z.object({ title: z.string() })) });
    const found = async () => (await teacher.get('/resources?sort=newest', listed)).items.map((one) => one.title);
    await vi.waitUntil(async () => (await found()).includes('秋天的雨 朗读指导'), { timeout: 30_000, interval: 100 });
    page = await scene.open('member');
  });
  afterAll(() => page.context().close());

  for (const words of ['分数', 'fenshu']) {
    it(`finds it by ${words}, narrowed by subject and grade`, async () => {
      await page.goto('/');
      await page.getByLabel('搜索资源').waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type(words);
      const titles = () => hits().allTextContents();
      await expect.poll(titles, { timeout: 30_000 }).toSatisfy((found: string[]) => {
        return [title, '分数的意义 练习'].every((one) => found.includes(one)) && !found.includes('秋天的雨 朗读指导');
      });
      const filters = page.getByRole('complementary', { name: '筛选' });
      await filters.getByRole('button', { name: /^数学/ }).first().click();
      await filters.getByRole('button', { name: /^三年级/ }).click();
      await expect.poll(titles, { timeout: 30_000 }).toEqual([title]);
      await page.getByText('找到 1 项').waitFor();
      if (words === '分数') expect(await page.locator('mark').first().textContent()).toBe(words);
    });
  }

  it('walks and opens the hits by keyboard', async () => {
    await page.goto('/?q=分数');
    await hits().nth(1).waitFor();
    await page.keyboard.press('/');
    expect(await page.getByLabel('搜索资源').evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('href'));
    expect(focused).toBe(await hits().first().getAttribute('href'));
    await page.keyboard.press('Space');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await photograph(page, 'library');
    await photograph(page, 'library-phone', phone);
    await hits().first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${focused}`);
  });

  it('goes on from the hit that was opened, after coming back', async () => {
    await page.goto('/?q=分数');
    await hits().nth(1).waitFor();
    const opened = await hits().nth(1).getAttribute('href');
    await hits().nth(1).click();
    await page.waitForURL(`**${opened}`);
    await page.goBack();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(opened);
    await page.keyboard.press('ArrowUp');
    expect(
      await hits()
        .first()
        .evaluate((link) => link === document.activeElement),
    ).toBe(true);
    await hits().first().press('Enter');
    await page.getByRole('heading', { level: 1 }).waitFor();
  });

  it('sees the pages of the document', async () => {
    await page.goto(resourceUrl);
    const image = page.getByRole('img', { name: '第 1 页' });
    await image.waitFor({ timeout: 120_000 });
    expect(await coloursOf(image), 'a page with words').toBeGreaterThan(20);
    await photograph(page, 'resource');
    await photograph(page, 'resource-phone', phone);
    await expectAccessible(page, 'resource');
  });

  it('plays the video, which moves, sounds and seeks', async () => {
    await page
      .getByRole('button', { name: basename(mp4), exact: false })
      .first()
      .click();
    const video = page.locator('video');
    await video.evaluate((element: HTMLVideoElement) => element.play());
    // A busy machine may draw a frame that is a little newer than the one it told of.
    const fits = ({ plate, mediaTime }: Seen) =>
      [mediaTime, mediaTime + 0.3].some(
        (at) => plate === lecture.plates[Math.floor(at + 0.02) % lecture.plates.length],
      );
    const frames = await watch(video, 40);
    expect(frames.filter((frame) => !fits(frame))).toEqual([]);
    expect(new Set(frames.map(({ plate }) => plate)).size).toBeGreaterThan(1);
    await expectTone(video, lecture.toneHz);

    const duration = await video.evaluate((element: HTMLVideoElement) => element.duration);
    for (const seconds of [duration - 5.5, 6.5]) {
      await seek(video, seconds);
      const [frame] = await watch(video, 1);
      expect(frame).toSatisfy(fits);
      expect(frame?.mediaTime).toBeGreaterThan(seconds - 0.5);
      expect(frame?.mediaTime).toBeLessThan(seconds + 5);
    }
  });

  it('downloads the very files that were uploaded, under their Chinese names', async () => {
    for (const file of [docx, mp4]) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: `下载 ${basename(file)}` }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(basename(file));
      expect(await sha256Of(await download.path())).toBe(await sha256Of(file));
    }
  });
});

describe('who has no right to it', () => {
  it('signs in first, and comes to where the link led', async () => {
    const page = await visit(scene.browser, scene.product.address);
    await page.goto(resourceUrl);
    await page.waitForURL('**/sign-in?next=**');
    expect((await page.request.get(`/api${resourceUrl}`)).status()).toBe(401);
    await page.getByLabel('账号或手机号').fill('member');
    await page.getByLabel('密码').fill(scene.alliance.passwords.member);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    expect(new URL(page.url()).pathname).toBe(resourceUrl);
    await page.context().close();
  });

  it('finds nothing from a school outside the alliance, and nothing behind the link', async () => {
    const { files } = await scene.alliance.admin.get(
      resourceUrl,
      z.object({ files: z.array(z.object({ id: z.string() })) }),
    );
    const page = await scene.open('stranger');
    await page.goto('/?q=分数');
    await page.getByText('没有找到').waitFor();
    await page.goto(resourceUrl);
    await page.getByText('可能已被移走，或没有共享给您。').waitFor();
    const paths = [
      resourceUrl,
      ...files.flatMap(({ id }) => [`/files/${id}/content`, `/files/${id}/pages/1?width=320`]),
    ];
    const answers = await Promise.all(paths.map((path) => page.request.get(`/api${path}`)));
    expect(answers.map((answer) => answer.status())).toEqual(paths.map(() => 404));
    await page.context().close();
  });
});
