import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectAccessible, expectFitsPhone } from './environment/accessibility.ts';
import { phone, signInAs } from './environment/chromium.ts';
import { type Line, openLine } from './environment/line.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const name = '分数 素材.zip';
const mebibyte = 1024 * 1024;
// Of an archive that is broken the original can be had all the same.
const content = Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(16 * mebibyte)]);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let scene: Scene;
let line: Line;
let page: Page;
let address: string;
/** First bytes that were asked for, in turn. */
let asked: number[] = [];
beforeAll(async () => {
  scene = await openScene();
  line = await openLine(scene.product.address, 8 * mebibyte);
  const teacher = await scene.alliance.clientOf('teacher');
  const fileId = await teacher.upload(name, content);
  const kept = { kind: 'media_asset', licence: 'cc_by', visibility: 'alliance', title: '分数 素材', fileIds: [fileId] };
  const { id } = await teacher.send('POST', '/resources', { ...kept, publish: true }, z.object({ id: z.string() }));
  address = `/resources/${id}`;
  page = await scene.open('member', { address: line.address });
  watch(page);
}, 240_000);
afterAll(async () => {
  await line?.close();
  await scene?.close();
});

function watch(of: Page): void {
  of.on('request', (request) => {
    const from = /^bytes=(\d+)-$/.exec(request.headers().range ?? '')?.[1];
    if (from !== undefined && request.url().includes('/content')) asked.push(Number(from));
  });
}
const tray = (of: Page) => of.getByRole('region', { name: '下载' });
async function expectWhole(download: Download): Promise<void> {
  expect(download.suggestedFilename()).toBe(name);
  expect(sha256(await readFile(await download.path()))).toBe(sha256(content));
}
const take = (of: Page) => of.getByRole('link', { name: /^下载 · / }).click();
/** Of what had come nothing is in this browser any more. */
async function expectNothingLeft(): Promise<void> {
  const left = () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open('tongke-downloads');
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const counting = opening.result.transaction('parts').objectStore('parts').count();
            counting.onerror = () => reject(counting.error);
            counting.onsuccess = () => {
              opening.result.close();
              resolve(counting.result);
            };
          };
        }),
    );
  await expect.poll(left, { timeout: 20_000 }).toBe(0);
}
async function takeOffTheList(): Promise<void> {
  await tray(page)
    .getByRole('button', { name: `从列表移除 ${name}` })
    .click();
  await tray(page).waitFor({ state: 'detached' });
  await expectNothingLeft();
}
/** Presses the link and loses the network after a third. */
async function beginAndLose(): Promise<void> {
  await page.goto(address);
  const lost = line.loseAfter(6 * mebibyte, 'received');
  await take(page);
  await lost;
  await tray(page)
    .getByText(/网络断了，已下载 [\d.]+ MB，恢复后自动继续/)
    .waitFor();
}

describe('a large file', () => {
  it('goes on by itself when the line was cut, from where it was', async () => {
    const before = line.receivedBytes();
    await beginAndLose();
    await photograph(page, 'download');
    await photograph(page, 'download-phone', phone);
    await expectAccessible(page, 'download');
    await expectFitsPhone(page, 'download');
    const saved = page.waitForEvent('download');
    await line.restore();
    await expectWhole(await saved);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(asked.at(-1)).toBeGreaterThan(3 * mebibyte);
    expect(line.receivedBytes() - before).toBeLessThan(content.length * 1.25);
    await tray(page).getByText('已存到浏览器的下载文件夹').waitFor();
    await photograph(page, 'download-saved');
  });

  it('can be saved once more, and is taken off the list', async () => {
    const again = page.waitForEvent('download');
    await tray(page)
      .getByRole('button', { name: `再保存一次 ${name}` })
      .click();
    await expectWhole(await again);
    await takeOffTheList();
  });

  it('that was paused waits over a reload', async () => {
    await beginAndLose();
    await tray(page)
      .getByRole('button', { name: `暂停下载 ${name}` })
      .click();
    await line.restore();
    const other = await page.context().newPage();
    await other.goto(address);
    await take(other);
    await other.getByText('这个文件正在另一个窗口里下载').waitFor();
    await other.close();
    await page.reload();
    await tray(page)
      .getByText(/已暂停，已下载 [\d.]+ MB/)
      .waitFor();
    asked = [];
    const saved = page.waitForEvent('download');
    await tray(page)
      .getByRole('button', { name: `继续下载 ${name}` })
      .click();
    await expectWhole(await saved);
    expect(asked[0]).toBeGreaterThan(3 * mebibyte);
    await takeOffTheList();
  });

  it('goes on by itself in the next window when its own was closed', async () => {
    await beginAndLose();
    await page.close();
    await line.restore();
    page = await page.context().newPage();
    watch(page);
    asked = [];
    const saved = page.waitForEvent('download');
    await page.goto('/');
    await expectWhole(await saved);
    expect(asked[0]).toBeGreaterThan(3 * mebibyte);
    await takeOffTheList();
  });

  it('is left to the app that a browser is part of', async () => {
    const userAgent =
      'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0';
    const context = await scene.browser.newContext({ baseURL: line.address, locale: 'zh-CN', userAgent });
    await signInAs(context, 'member', scene.alliance.passwords.member);
    const within = await context.newPage();
    await within.goto(address);
    const [download] = await Promise.all([within.waitForEvent('download'), take(within)]);
    expect(new URL(download.url()).pathname).toMatch(/^\/api\/files\/.*\/content$/);
    await expectWhole(download);
    await context.close();
  });

  it('is gone with the sign-out, which asks first', async () => {
    await beginAndLose();
    await tray(page)
      .getByRole('button', { name: `暂停下载 ${name}` })
      .click();
    await line.restore();
    await page.getByRole('button', { name: '账号菜单' }).click();
    await page.getByRole('button', { name: '退出登录' }).click();
    const question = page.getByRole('dialog', { name: '退出登录' });
    await question.getByText('还有文件没下载完，退出后要从头下载。').waitFor();
    await question.getByRole('button', { name: '退出登录' }).click();
    await page.waitForURL('**/sign-in');
    await expectNothingLeft();
    await signInAs(page.context(), 'member', scene.alliance.passwords.member);
  });

  it('is gone, too, when another window signs out while it comes', async () => {
    const other = await page.context().newPage();
    await other.goto('/mine');
    await other.getByRole('button', { name: '账号菜单' }).click();
    await page.goto(address);
    // By then it has looked for what was left.
    await other.waitForTimeout(3_000);
    await take(page);
    await tray(page)
      .getByText(/^已下载 [\d.]+ MB \/ /)
      .waitFor();
    await other.getByRole('button', { name: '退出登录' }).click();
    await other.waitForURL('**/sign-in');
    // As long as the whole of it takes over this line.
    await page.waitForTimeout(4_000);
    await other.close();
    await expectNothingLeft();
    await signInAs(page.context(), 'member', scene.alliance.passwords.member);
  });

  it('is not left behind for the next person at this computer', async () => {
    await beginAndLose();
    await tray(page)
      .getByRole('button', { name: `暂停下载 ${name}` })
      .click();
    await line.restore();
    await signInAs(page.context(), 'teacher', scene.alliance.passwords.teacher);
    await page.goto('/mine');
    await expectNothingLeft();
    expect(await tray(page).count()).toBe(0);
  });
});
