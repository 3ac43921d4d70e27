import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { addResource } from './environment/adding.ts';
import { phone } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';
import { seek } from './environment/watching.ts';

const run = promisify(execFile);
const ffmpeg = (...args: string[]) => run('ffmpeg', ['-v', 'error', ...args]);
/** 1\n00:00:05,000 --> 00:00:09,000\n把一个饼平均分成两份 …, as Windows in China writes it. */
const subrip = Buffer.concat([
  Buffer.from('1\r\n00:00:05,000 --> 00:00:09,000\r\n'),
  Buffer.from('b0d1d2bbb8f6b1fdc6bdbef9b7d6b3c9c1bdb7dd', 'hex'),
  Buffer.from('\r\n\r\n2\r\n00:00:20,000 --> 00:00:24,000\r\n'),
  Buffer.from('c3bfb7ddcac7cbfcb5c4b6feb7d6d6aed2bb', 'hex'),
  Buffer.from('\r\n'),
]);

/** The machine of a test has other work as well. */
const soon = { timeout: 30_000, interval: 100 };

let scene: Scene;
let page: Page;
let film: string;
let sound: string;

beforeAll(async () => {
  scene = await openScene();
  page = await scene.open('teacher');
  await page.goto('/');
  const colours = ['#c93a24', '#1f7a5c', '#2f4b8f'].flatMap((colour) => [
    ...['-f', 'lavfi', '-i', `color=${colour}:s=640x360:r=25:d=20`],
  ]);
  const joined = ['-filter_complex', '[0][1][2]concat=n=3[v]', '-map', '[v]', '-map', '3:a'];
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=60'];
  const path = join(scene.folder, '平均分.mp4');
  await ffmpeg(...colours, ...tone, ...joined, '-pix_fmt', 'yuv420p', path);
  film = await addResource(page, path, '平均分');
  const song = join(scene.folder, '朗读.mp3');
  await ffmpeg('-f', 'lavfi', '-i', 'aevalsrc=(0.2+0.6*abs(sin(t/4)))*sin(440*2*PI*t)*lt(mod(t\\,3)\\,2.2):d=60', song);
  sound = await addResource(page, song, '课文朗读');
  await page.goto(`/resources/${film}`);
  await page.locator('.bubble, [role=slider]').first().waitFor({ timeout: 60_000 });
}, 240_000);
afterAll(() => scene?.close());

const media = (of = page) => of.locator('video, audio');
const seconds = (of = page) => media(of).evaluate((element: HTMLMediaElement) => element.currentTime);
const slider = (of = page) => of.getByRole('slider', { name: '播放进度' });
const showing = (of = page) =>
  media(of).evaluate((element: HTMLMediaElement) =>
    [...element.textTracks].filter(({ mode }) => mode !== 'disabled').map(({ label, mode }) => `${label} ${mode}`),
  );
const saidAt = (at: number) =>
  media().evaluate(async (element: HTMLMediaElement, to) => {
    const there = new Promise((resolve) => element.addEventListener('seeked', resolve, { once: true }));
    element.currentTime = to;
    // What the page moves elsewhere meanwhile, or loads anew, may never get there.
    await Promise.race([there, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    const track = [...element.textTracks].find(({ mode }) => mode !== 'disabled');
    return [...(track?.activeCues ?? [])].map((cue) => (cue as VTTCue).text).join('|');
  }, at);
/** Captions come in their own time. */
const expectSaidAt = (at: number, words: string) => expect.poll(() => saidAt(at), soon).toBe(words);

describe('captions of a video', () => {
  it('are uploaded, edited by keyboard and saved', async () => {
    await page.getByRole('button', { name: '编辑字幕' }).click();
    const panel = page.getByRole('region', { name: '字幕' });
    await panel.locator('input[type=file]').setInputFiles({
      name: '坏.srt',
      mimeType: 'text/plain',
      buffer: Buffer.from('1\n00:00:09,000 --> 00:00:05,000\n字\n'),
    });
    await panel.getByText('第 2 行：结束时间要晚于开始时间。').waitFor();
    await panel.locator('input[type=file]').setInputFiles({ name: '课.srt', mimeType: 'text/plain', buffer: subrip });
    const words = (n: number) => page.getByLabel(`第 ${n} 句的文字`);
    await expect.poll(() => words(1).inputValue(), soon).toBe('把一个饼平均分成两份');
    expect(await words(2).inputValue()).toBe('每份是它的二分之一');

    // A third one where the player is, its end set while it goes on.
    await seek(media(), 40);
    await words(2).press('Control+Enter');
    await expect.poll(() => page.getByLabel('第 3 句的开始时间').inputValue(), soon).toBe('0:40.000');
    await page.keyboard.type('分数 < 整数');
    await seek(media(), 43.5);
    await words(3).press('Control+]');
    await expect.poll(() => page.getByLabel('第 3 句的结束时间').inputValue(), soon).toBe('0:43.500');

    await page.getByLabel('第 1 句的结束时间').fill('五秒');
    await page.getByText('结束时间要写成 1:02.500 这样。').waitFor();
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await expect.poll(() => words(1).evaluate((one) => one === document.activeElement), soon).toBe(true);
    await page.getByLabel('第 1 句的结束时间').fill('0:08.5');
    await words(1).press('Control+s');
    await page.getByText('字幕已保存。').waitFor();
    await photograph(page, 'caption-editor');
    await photograph(page, 'caption-editor-phone', phone);
    await expectAccessible(page, 'caption editor');
  });

  it('are split, merged and deleted', async () => {
    const words = (n: number) => page.getByLabel(`第 ${n} 句的文字`);
    await words(1).evaluate((area: HTMLTextAreaElement) => {
      area.focus();
      area.setSelectionRange(4, 4);
    });
    await page.getByRole('button', { name: '从光标处分成两句' }).first().click();
    expect([await words(1).inputValue(), await words(2).inputValue()]).toEqual(['把一个饼', '平均分成两份']);
    expect(await page.getByLabel('第 1 句的结束时间').inputValue()).toBe('0:06.400');
    await page.getByRole('button', { name: '与下一句合并' }).first().click();
    expect(await words(1).inputValue()).toBe('把一个饼\n平均分成两份');
    await page.getByRole('button', { name: '删除这一句' }).last().click();
    await expect.poll(() => words(3).count(), soon).toBe(0);
    // Nothing of it is kept.
    await page.getByRole('region', { name: '编辑字幕' }).getByRole('button', { name: '关闭' }).click();
    await page.getByRole('button', { name: '不保存，关闭' }).click();
    await page.getByText('3 句').waitFor();
  });

  it('of two editors are kept as the first one saved them', async () => {
    await page.getByRole('region', { name: '字幕' }).getByRole('button', { name: '修改' }).click();
    await page.getByLabel('第 1 句的文字').fill('我的改动');
    const other = await scene.open('teacher');
    await other.goto(`/resources/${film}`);
    await other.getByRole('button', { name: '编辑字幕' }).click();
    await other.getByRole('region', { name: '字幕' }).getByRole('button', { name: '修改' }).click();
    await other.getByLabel('第 1 句的文字').fill('把一个饼平均分');
    await other.getByLabel('第 1 句的文字').press('Control+s');
    await other.getByText('字幕已保存。').waitFor();
    await other.context().close();
    await page.getByLabel('第 1 句的文字').press('Control+s');
    await page.getByText('这份字幕刚被别人改过').waitFor();
    expect(await page.getByLabel('第 1 句的文字').inputValue()).toBe('我的改动');
    await page.getByRole('button', { name: '重新载入' }).click();
    await expect.poll(() => page.getByLabel('第 1 句的文字').inputValue(), soon).toBe('把一个饼平均分');
  });

  it('are not lost unasked, neither by the button nor by a link', async () => {
    const first = page.getByLabel('第 1 句的文字');
    const asked = page.getByRole('dialog');
    await first.fill('还没有保存');
    await page.getByRole('button', { name: '编辑字幕', exact: true }).click();
    await asked.getByRole('button', { name: '继续编辑' }).click();
    expect(await first.inputValue()).toBe('还没有保存');
    await page.locator('a[href="/mine"]').first().click();
    await asked.getByRole('button', { name: '继续编辑' }).click();
    expect(new URL(page.url()).pathname).toBe(`/resources/${film}`);
    expect(await first.inputValue()).toBe('还没有保存');
    await page.locator('a[href="/mine"]').first().click();
    await asked.getByRole('button', { name: '不保存，关闭' }).click();
    await page.waitForURL('**/mine');
    await page.goto(`/resources/${film}`);
    await slider().waitFor();
  });

  it('are shown when they are chosen, and the choice is remembered', async () => {
    await page.reload();
    expect(await showing()).toEqual([]);
    await page.getByLabel('字幕', { exact: true }).selectOption({ label: '简体中文' });
    await expect.poll(() => showing(), soon).toEqual(['简体中文 showing']);
    await expectSaidAt(6, '把一个饼平均分');
    await expectSaidAt(41, '分数 &lt; 整数');
    await photograph(page, 'player-captions');
    await page.getByLabel('清晰度').selectOption('original');
    await page.reload();
    await expect.poll(() => showing(), soon).toEqual(['简体中文 showing']);
    // Nothing is said either before they have come.
    await expectSaidAt(6, '把一个饼平均分');
    await expectSaidAt(15, '');
  });

  it('are found by the search, which leads to the moment', async () => {
    await expect
      .poll(
        async () => {
          await page.goto(`/?q=${encodeURIComponent('二分之一')}`);
          return page.getByRole('link', { name: '打开“平均分.mp4”，字幕里说到' }).count();
        },
        { timeout: 40_000, interval: 1000 },
      )
      .toBe(1);
    await page.getByRole('link', { name: '打开“平均分.mp4”，字幕里说到' }).click();
    await page.getByRole('button', { name: '跳到 0:20：说到“二分之一”' }).click();
    await expect.poll(() => seconds(), soon).toBe(20);
  });
});

describe('the seek bar', () => {
  it('shows what is there while one points, drags, uses keys or a thumb', async () => {
    await page.goto(`/resources/${film}`);
    const bar = slider();
    await bar.waitFor();
    await expect.poll(() => bar.getAttribute('aria-valuetext'), soon).toMatch(/^0:00，共 1:00$/);
    const { x, y, width, height } = (await bar.boundingBox()) ?? expect.fail('no bar');
    const at = (share: number) => [x + width * share, y + height / 2] as const;
    await page.mouse.move(...at(0.5));
    await page.locator('.bubble .frame').waitFor({ timeout: 60_000 });
    await expect.poll(() => page.locator('.bubble').textContent(), soon).toBe('0:30');
    expect(await seconds()).toBe(0);
    await photograph(page, 'player-scrub');
    await page.mouse.down();
    await page.mouse.move(...at(0.75), { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => seconds(), soon).toBeCloseTo(45, 0);

    await page.mouse.move(10, 10);
    await bar.focus();
    await page.keyboard.press('Home');
    for (const key of ['ArrowRight', 'ArrowRight', 'PageUp', 'ArrowLeft']) await page.keyboard.press(key);
    await expect.poll(() => seconds(), soon).toBe(35);
    expect(await bar.getAttribute('aria-valuetext')).toBe('0:35，共 1:00');
    expect(await page.locator('.bubble').textContent()).toBe('0:35');

    const touch = await page.context().newCDPSession(page);
    const [tx, ty] = at(0.25);
    const point = (px: number) => ({ touchPoints: [{ x: px, y: ty }] });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', ...point(tx) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', ...point(tx + width * 0.125) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', ...point(tx + width * 0.25) });
    await expect.poll(() => page.locator('.bubble').textContent(), soon).toBe('0:30');
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(() => seconds(), soon).toBeCloseTo(30, 0);
    await page.setViewportSize(phone);
    await bar.focus();
    await page.keyboard.press('ArrowRight');
    await photograph(page, 'player-scrub-phone');
    await expectAccessible(page, 'player with seek bar');
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('is the waveform of a sound', async () => {
    await page.goto(`/resources/${sound}`);
    await page.locator('[role=slider] path.played').waitFor({ timeout: 60_000 });
    const bar = slider();
    const { x, y, width, height } = (await bar.boundingBox()) ?? expect.fail('no bar');
    await page.mouse.click(x + width / 3, y + height / 2);
    await expect.poll(() => seconds(), soon).toBeCloseTo(20, 0);
    const played = await page
      .locator('[role=slider] clipPath rect')
      .evaluate((rect: SVGRectElement) => rect.getBBox().width);
    expect(played).toBeCloseTo(200, -1);
    await photograph(page, 'player-waveform');
    await page.evaluate(() => {
      document.documentElement.dataset.theme = 'dark';
    });
    await photograph(page, 'player-waveform-dark-phone', phone);
    await expectAccessible(page, 'waveform');
  });
});

describe('where somebody stopped', () => {
  it('is known on another device, and listed until it was played to its end', async () => {
    await page.goto(`/resources/${film}`);
    await slider().waitFor();
    await media().evaluate(async (element: HTMLVideoElement) => {
      element.muted = true;
      element.currentTime = 25;
      await element.play();
    });
    await expect.poll(() => seconds(), soon).toBeGreaterThan(26);
    // Left while it plays, as a tab is closed.
    await page.goto('/mine');
    const other = await scene.open('teacher');
    const entry = other.getByRole('link', { name: /平均分 到 0:2\d，共 1:00/ });
    // What the page says when it is left may come after it was asked for.
    await expect
      .poll(async () => {
        await other.goto('/mine');
        return entry.waitFor({ timeout: 5_000 }).then(
          () => true,
          () => false,
        );
      }, soon)
      .toBe(true);
    await photograph(other, 'mine-unfinished');
    await photograph(other, 'mine-unfinished-phone', phone);
    await expectAccessible(other, 'mine');
    await entry.click();
    await other.getByRole('button', { name: /^从 0:2\d 继续$/ }).click();
    await expect.poll(() => seconds(other), soon).toBeGreaterThan(25);
    await media(other).evaluate((element: HTMLVideoElement) => {
      element.muted = true;
      element.currentTime = 58;
      void element.play();
    });
    await expect.poll(() => media(other).evaluate((element: HTMLVideoElement) => element.ended), soon).toBe(true);
    await other.goto('/mine');
    await other.getByRole('heading', { level: 1 }).waitFor();
    await expect
      .poll(async () => {
        const asked = other.waitForResponse((response) => response.url().endsWith('/api/me/unfinished'));
        await other.reload();
        await asked;
        await other.locator('.mine .row').first().waitFor();
        return other.getByRole('link', { name: /平均分 到/ }).count();
      }, soon)
      .toBe(0);
    // The first device had an older one.
    await page.goto(`/resources/${film}`);
    await slider().waitFor();
    const fileId = /files\/([\w-]+)\//.exec((await media().getAttribute('src')) ?? '')?.[1] ?? 'none';
    await expect
      .poll(
        () =>
          page.evaluate(
            (id) => Object.entries(localStorage).find(([key]) => key.includes('position') && key.endsWith(id))?.[1],
            fileId,
          ),
        soon,
      )
      .toMatch(/"seconds":0,/);
    expect(await page.getByRole('button', { name: /继续$/ }).count()).toBe(0);
  });
});
