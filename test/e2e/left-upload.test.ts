import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { phone } from './environment/chromium.ts';
import { type Line, openLine } from './environment/line.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const MiB = 1024 * 1024;

describe('an upload whose page was left on the way', () => {
  let scene: Scene;
  let line: Line;
  let page: Page;
  let file: string;
  const choose = (path: string) => page.locator('input[type=file]').first().setInputFiles(path);
  const row = () => page.getByRole('listitem').filter({ hasText: basename(file) });

  beforeAll(async () => {
    scene = await openScene();
    line = await openLine(scene.product.address);
    file = join(scene.folder, '全校板书照片.png');
    await writeFile(file, randomBytes(24 * MiB));
    page = await scene.open('teacher', { address: line.address });
    page.on('dialog', (dialog) => void dialog.accept());
  });
  afterAll(async () => {
    await page?.context().close();
    await line?.close();
    await scene?.close();
  });

  it('stays on the list with what was written about it, and says what to do', async () => {
    await page.goto('/upload');
    const lost = line.loseAfter(16 * MiB);
    await choose(file);
    await page.getByRole('textbox', { name: '说明' }).fill('还没写完的说明');
    await lost;
    await row()
      .getByText(/网络断了，已传/)
      .waitFor();
    // Away from the page before the network is back, or it would go on by itself.
    await page.goto('about:blank');
    await line.restore();
    await page.goto('/upload');
    await row().getByText('再选一次这个文件（24 MB）').waitFor();
    expect(await page.getByRole('textbox', { name: '说明' }).inputValue()).toBe('还没写完的说明');
    await page.getByRole('button', { name: '传完后发布' }).click();
    await page.getByText('请先再选一次这个文件').waitFor();
    await expectAccessible(page, 'upload to be chosen again');
    await photograph(page, 'upload-again');
    await photograph(page, 'upload-again-phone', phone);
  });

  it('says of an empty file that there is nothing in it', async () => {
    const empty = join(scene.folder, '空白.docx');
    await writeFile(empty, '');
    await choose(empty);
    await page.getByText('空白.docx 里没有内容，不能上传。').waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: '空白.docx' }).count()).toBe(0);
  });

  it('goes on where it was once the file is chosen again', async () => {
    const before = line.sentBytes();
    await choose(file);
    await row().getByText('已传完').waitFor({ timeout: 60_000 });
    expect(line.sentBytes() - before, 'bytes on the wire').toBeLessThan(16 * MiB);
    expect(await page.getByText('请先再选一次这个文件').count()).toBe(0);
    await page.getByRole('button', { name: '发布', exact: true }).click();
    await page.waitForURL('**/resources/*');
    await page.getByRole('heading', { level: 1, name: '全校板书照片' }).waitFor();
  });
});
