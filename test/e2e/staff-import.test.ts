import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectAccessible, expectFitsPhone } from './environment/accessibility.ts';
import { desktop, phone, visit } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

/** As a school keeps it: a title above, blank rows, names spread to one width, a number that was typed as a number. */
const list: ExcelJS.CellValue[][] = [
  ['东河小学教师名单（2026 年秋）'],
  [],
  ['序号', '姓名', '手机号码', '角色', '学校'],
  [1, '王　甲', 13_800_138_001, '教师', '东河小学'],
  [2, '欧阳丙', '138-0013-8002', '', '东河小学'],
  [],
  [3, '李　乙', '', '电教员', '东河小学'],
  [4, '王　甲', 13_800_138_001, '教师', '东河小学'],
  [5, '赵一', '', '教师', '南山小学'],
  [6, '钱二', '12345', '教师', '东河小学'],
  [7, '电教员', '', '电教员', '东河小学'],
];

let scene: Scene;
let workbook: string;

beforeAll(async () => {
  scene = await openScene();
  workbook = join(scene.folder, '东河小学教师名单.xlsx');
  const book = new ExcelJS.Workbook();
  book.addWorksheet('教师').addRows(list);
  await book.xlsx.writeFile(workbook);
}, 120_000);
afterAll(() => scene?.close());

const dialogOf = (page: Page) => page.getByRole('dialog', { name: '导入教师名单' });
async function openList(page: Page, file = workbook): Promise<void> {
  await page.goto('/admin/rooms');
  // Within the app, so that one can go back.
  await page.getByRole('button', { name: '账号', exact: true }).click();
  await page.getByRole('button', { name: '导入名单' }).click();
  await dialogOf(page).locator('input[type=file]').setInputFiles(file);
}
async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page, name);
  await expectFitsPhone(page, name);
  await photograph(page, name, desktop);
  await photograph(page, `${name}-phone`, phone);
}

describe('the staff list of a school', () => {
  let page: Page;
  let password = '';
  beforeAll(async () => {
    page = await scene.open('operator');
  });

  it('is explained, with templates that can be brought as they are', async () => {
    await page.goto('/admin/accounts');
    await page.getByRole('button', { name: '导入名单' }).click();
    await look(page, 'staff-import-choose');
    for (const name of ['staff.xlsx', 'staff.csv']) {
      await openList(page, new URL(`../../web/public/templates/${name}`, import.meta.url).pathname);
      await dialogOf(page).getByText('将新建 2 人').waitFor();
      expect(await dialogOf(page).getByRole('cell', { name: 'shili2' }).count()).toBe(1);
    }
  });

  it('is looked at before anything is made', async () => {
    await openList(page);
    const dialog = dialogOf(page);
    await dialog.getByText('将新建 3 人').waitFor();
    await dialog.getByText('已有账号 1 人，不会改动').waitFor();
    await dialog.getByText('3 行有问题，会跳过').waitFor();
    const rows = await dialog.locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.split(/\s+/).slice(0, 3))).toEqual([
      ['8', '王甲', '与前面的一行重复'],
      ['9', '赵一', '不是本校，只能导入本校的人'],
      ['10', '钱二', '手机号不对'],
      ['4', '王甲', 'wangjia'],
      ['5', '欧阳丙', 'ouyangbing'],
      ['7', '李乙', 'liyi'],
      ['11', '电教员', '已有账号'],
    ]);
    await look(page, 'staff-import-preview');
  });

  it('pauses without a network and goes on once it is back', async () => {
    const dialog = dialogOf(page);
    await page.context().setOffline(true);
    await dialog.getByRole('button', { name: '创建 3 个账号' }).click();
    await dialog.getByText('暂停了：已处理 0 / 3').waitFor();
    await look(page, 'staff-import-paused');
    await dialog.getByRole('button', { name: '继续' }).click();
    await dialog.getByText('暂停了：已处理 0 / 3').waitFor();
    await page.context().setOffline(false);
    await dialog.getByText('已创建 3 个账号').waitFor();
    await look(page, 'staff-import-made');
  });

  it('gives the passwords once: as a file and on paper', async () => {
    const dialog = dialogOf(page);
    await dialog.getByRole('button', { name: '完成' }).click();
    await page.getByRole('dialog', { name: '还没有下载或打印' }).waitFor();
    await look(page, 'staff-import-ask');
    await page.getByRole('button', { name: '回去保存' }).click();

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: '下载 CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('初始密码.csv');
    const lines = (await readFile(await file.path(), 'utf8')).split('\r\n');
    expect(lines[0]).toBe('\uFEFF"姓名","学校","账号名","手机号","初始密码"');
    expect(lines[1]).toMatch(/^"王甲","东河小学","wangjia","138 0013 8001","[a-z0-9]{4}(-[a-z0-9]{4}){2}"$/);
    expect(lines).toHaveLength(5);
    password = /"([^"]+)"$/.exec(lines[1] ?? '')?.[1] ?? '';

    await page.emulateMedia({ media: 'print' });
    const slips = page.locator('.password-slips > li');
    expect(await slips.count()).toBe(3);
    expect(await slips.first().textContent()).toContain(password);
    expect(await slips.first().textContent()).toContain(scene.product.address);
    expect(await dialog.isVisible(), 'nothing else is printed').toBe(false);
    await photograph(page, 'staff-import-print', { width: 794, height: 1123 });
    await page.emulateMedia({ media: null });

    await dialog.getByRole('button', { name: '完成' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('ouyangbing').waitFor();
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).not.toContain(password);
  });

  it('lets the new teachers in', async () => {
    const teacher = await visit(scene.browser, scene.product.address);
    await teacher.goto('/sign-in');
    await teacher.getByLabel('账号或手机号').fill('13800138001');
    await teacher.getByLabel('密码').fill(password);
    await teacher.keyboard.press('Enter');
    await teacher.getByRole('textbox', { name: '搜索资源' }).waitFor();
    await teacher.context().close();
  });

  it('brings nothing when it is brought again', async () => {
    await openList(page);
    const dialog = dialogOf(page);
    await dialog.getByText('将新建 0 人').waitFor();
    await dialog.getByText('已有账号 4 人，不会改动').waitFor();
    expect(await dialog.getByRole('button', { name: /^创建/ }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: '换一个文件' }).click();
    await dialog.getByRole('button', { name: '关闭' }).click();
    await dialog.waitFor({ state: 'detached' });
  });
});

it('an administrator says the school of lines that name none, stops and goes on, and is asked before leaving', async () => {
  const page = await scene.open('admin');
  await page.emulateMedia({ colorScheme: 'dark' });
  const names = Array.from(
    { length: 30 },
    (_, index) => `周${'一二三四五六七八九十'[index % 10]}${'甲乙丙'[Math.floor(index / 10)]}`,
  );
  const file = join(scene.folder, 'names.csv');
  await writeFile(file, ['姓名', ...names].join('\n'));
  await openList(page, file);
  const dialog = dialogOf(page);
  await dialog.getByText('30 行有问题，会跳过').waitFor();
  await dialog.getByLabel('没有写学校的，算哪所学校').selectOption('北山小学');
  await dialog.getByText('将新建 30 人').waitFor();
  await look(page, 'staff-import-admin');
  await dialog.getByRole('button', { name: '创建 30 个账号' }).click();
  await dialog.getByText(/正在创建账号：[1-9]/).waitFor();
  await photograph(page, 'staff-import-making');
  await dialog.getByRole('button', { name: '停止' }).click();
  await dialog.getByText(/还有 \d+ 个没有创建/).waitFor();
  await look(page, 'staff-import-stopped');
  await page.goBack();
  await page.getByRole('dialog', { name: '还没有下载或打印' }).waitFor();
  await page.getByRole('button', { name: '回去保存' }).click();

  const asked = page.waitForEvent('dialog');
  // It is never told that it stays, and fails when the page is closed.
  const reloaded = page.reload().catch(() => 'stayed');
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.dismiss();

  await dialog.getByRole('button', { name: /^继续创建/ }).click();
  await dialog.getByText('已创建 30 个账号').waitFor();
  await page.context().close();
  expect(await reloaded).toBe('stayed');
});

it('in English, what was taken meanwhile is listed, and a sign-in that ran out does not take the list away', async () => {
  const page = await scene.open('operator', { viewport: phone });
  await page.addInitScript(() => localStorage.setItem('tongke.locale', 'en'));
  const file = join(scene.folder, 'staff.csv');
  await writeFile(file, 'name,phone\n孙一,+852 9123 4567\n孙二,\n孙三,\n');
  await page.goto('/admin/accounts');
  await page.getByRole('button', { name: 'Import list' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import staff list' });
  await look(page, 'staff-import-choose-en');
  await dialog.locator('input[type=file]').setInputFiles(file);
  await dialog.getByText('3 new accounts').waitFor();
  await look(page, 'staff-import-preview-en');
  const { schools, admin } = scene.alliance;
  const taken = { name: '孙尔', login: 'suner', role: 'teacher', schoolId: schools.北山小学 };
  await admin.send('POST', '/accounts', taken, z.unknown());

  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await dialog.getByRole('button', { name: 'Create 3 accounts' }).click();
  await page.getByRole('dialog', { name: 'Accounts are still being created' }).waitFor();
  await page.getByRole('button', { name: 'Stay here' }).click();
  await dialog.getByText('Paused at 0 / 3').waitFor();
  await dialog.getByText('Sign in again in another tab').waitFor();
  await look(page, 'staff-import-signed-out-en');
  await page.context().addCookies(cookies);
  await dialog.getByRole('button', { name: 'Continue' }).click();

  await dialog.getByText('2 accounts created').waitFor();
  await dialog.getByText(/^Row 3, 孙二: /).waitFor();
  await look(page, 'staff-import-made-en');
  await page.context().close();
});
