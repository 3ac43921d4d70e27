import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { phone } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const MiB = 1024 * 1024;

describe('the storage of a school', () => {
  let scene: Scene;
  let admin: Page;
  beforeAll(async () => {
    scene = await openScene();
    admin = await scene.open('admin');
    await (await scene.alliance.clientOf('teacher')).upload('板书.txt', Buffer.from('分'.repeat(MiB)));
  });
  afterAll(() => scene?.close());

  it('is seen and limited by an administrator', async () => {
    await admin.goto('/admin/schools');
    await admin.getByText('已用 3 MB', { exact: true }).waitFor();
    await admin.getByRole('button', { name: '修改 中心小学' }).click();
    const limit = admin.getByLabel('存储空间上限（GB）');
    await limit.fill('很多');
    await admin.getByText('请填大于 0 的数，例如 50 或 0.5。').waitFor();
    expect(await admin.getByRole('button', { name: '保存', exact: true }).isDisabled()).toBe(true);
    await photograph(admin, 'quota-fault');
    await limit.fill('0.005');
    await expectAccessible(admin, 'storage of a school');
    await photograph(admin, 'quota-form');
    await photograph(admin, 'quota-form-phone', phone);
    await limit.press('Enter');
    await admin.getByText('已用 3 MB，上限 5.1 MB', { exact: true }).waitFor();
    await expectAccessible(admin, 'schools');
    await photograph(admin, 'quota-schools');
    await photograph(admin, 'quota-schools-phone', phone);
  });

  it('is told to a teacher whose file has no room in it', async () => {
    const file = join(scene.folder, '课堂照片.png');
    await writeFile(file, randomBytes(3 * MiB));
    const page = await scene.open('teacher');
    await page.goto('/upload');
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.getByText(/已用 3 MB，上限 5.1 MB，这个文件要 3 MB/).waitFor();
    await expectAccessible(page, 'upload without room');
    await photograph(page, 'quota-upload');
    await photograph(page, 'quota-upload-phone', phone);
    await page.context().close();
  });
});
