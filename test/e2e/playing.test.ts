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

/** The machine of a test has other work as well. */
const soon = { timeout: 30_000, interval: 100 };

let scene: Scene;
let page: Page;
const name = '旧录像.avi';

beforeAll(async () => {
  scene = await openScene();
  page = await scene.open('teacher');
  const path = join(scene.folder, name);
  const input = ['-f', 'lavfi', '-i', 'testsrc2=s=640x480:r=8:d=90', '-f', 'lavfi', '-i', 'sine=duration=90'];
  // A browser plays neither the container nor the codec.
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...input, '-c:v', 'mpeg4', '-y', path]);
  await page.goto('/');
  const id = await addResource(page, path, '旧录像');
  await page.goto(`/resources/${id}`);
}, 240_000);
afterAll(() => scene?.close());

describe('a video that no browser plays', () => {
  const video = () => page.locator('video');
  const seconds = () => video().evaluate((element: HTMLVideoElement) => element.currentTime);

  it('appears by itself once it has been converted, and plays', async () => {
    await page.getByLabel('清晰度').waitFor({ timeout: 90_000 });
    await expect
      .poll(() => video().evaluate((element: HTMLVideoElement) => element.videoHeight), { timeout: 90_000 })
      .toBeGreaterThan(0);
    await video().evaluate((element: HTMLVideoElement) => element.play());
    await expect.poll(seconds, soon).toBeGreaterThan(0.5);
    await photograph(page, 'player');
    await photograph(page, 'player-phone', phone);
    await expectAccessible(page, 'player');
  });

  it('goes on at the same place in another quality, at another speed, and after a reload', async () => {
    // The last one that is made.
    await page.locator('option[value="720p"]').waitFor({ state: 'attached', timeout: 120_000 });
    await video().evaluate((element: HTMLVideoElement) => {
      element.currentTime = 20;
    });
    // Larger than 360p only because no browser plays the original.
    await page.getByLabel('清晰度').selectOption('720p');
    await expect.poll(() => video().evaluate((element: HTMLVideoElement) => element.videoHeight), soon).toBe(480);
    await page.getByLabel('清晰度').selectOption('360p');
    await page.getByLabel('速度').selectOption('1.5');
    await expect.poll(() => video().evaluate((element: HTMLVideoElement) => element.videoHeight), soon).toBe(360);
    await expect.poll(seconds, soon).toBeGreaterThan(20);
    expect(await video().evaluate((element: HTMLVideoElement) => element.playbackRate)).toBe(1.5);
    await video().evaluate((element: HTMLVideoElement) => element.pause());
    await expect
      .poll(
        () =>
          page.evaluate(() => {
            const kept = Object.entries(localStorage).find(([key]) => key.includes('position'));
            return (JSON.parse(kept?.[1] ?? '{}') as { seconds?: number }).seconds ?? 0;
          }),
        soon,
      )
      .toBeGreaterThan(19);
    await page.reload();
    await page.getByRole('button', { name: /^从 0:[2-5]\d 继续$/ }).click();
    await expect.poll(seconds, soon).toBeGreaterThan(19);
    // The choice is this device's.
    expect(await page.getByLabel('清晰度').inputValue()).toBe('360p');
  });

  it('plays in another quality what was begun while nothing had come of the one before', async () => {
    await page.route('**/renditions/360p*', () => undefined);
    await page.reload();
    await page.getByLabel('清晰度').waitFor();
    await video().evaluate((element: HTMLVideoElement) => void element.play().catch(() => undefined));
    expect(await seconds()).toBe(0);
    await page.getByLabel('清晰度').selectOption('720p');
    await expect.poll(seconds, soon).toBeGreaterThan(0.5);
    await page.unroute('**/renditions/360p*');
  });
});
