import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogTsv } from '../../infra/demo/content/catalog.ts';
import { makeRunFolder, removeRunFolder } from '../environment/folder.ts';
import { expectAccessible } from './environment/accessibility.ts';
import { openChromium, visit } from './environment/chromium.ts';
import { type Product, startProduct } from './environment/product.ts';
import { photograph } from './environment/screenshots.ts';

const admin = { name: '平台管理员', login: 'admin', password: '稻花香里说丰年 听取蛙声' };

let folder: string;
let product: Product;
let browser: Browser;
/** The administrator's window. */
let page: Page;
let setUpLink: string;
const dialog = () => page.getByRole('dialog');

/** What the dialog gives to be handed on. */
async function handedOver(label: string): Promise<string> {
  const line = dialog().locator('.line').filter({ hasText: label });
  return (await line.locator('code').textContent()) ?? '';
}

beforeAll(async () => {
  folder = await makeRunFolder();
  [product, browser] = await Promise.all([startProduct(folder), openChromium()]);
  page = await visit(browser, product.address);
  setUpLink = `/setup#${product.setUpToken}`;
}, 120_000);

afterAll(async () => {
  await browser?.close();
  const ending = await product?.stop();
  await removeRunFolder(folder);
  expect(ending).toMatchObject({ code: 0 });
});

describe('the first start', () => {
  it('prints the address and a one-time link, and nobody can sign in yet', async () => {
    expect(product.output()).toContain(`${product.address}/setup#${product.setUpToken}`);
    await page.goto('/');
    // From the library to the sign-in page, and from there on, because there is nobody to sign in as.
    await page.waitForURL('**/setup');
    await page.getByText('请用服务器启动时打印的设置链接打开本页').waitFor();
  });

  it('refuses a link that was not printed', async () => {
    await page.goto(`/setup#${'A'.repeat(32)}`);
    await fillIn();
    await page.getByRole('button', { name: '完成设置' }).click();
    await page.getByText('设置链接不对或已失效').waitFor();
  });

  it('offers the certificate of its authority, with which the encrypted address is trusted', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载根证书' }).click(),
    ]);
    const ask = request(`${product.secureAddress}/api/setup`, { ca: await readFile(await download.path()) }).end();
    const [answer] = (await once(ask, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    expect(await json(answer)).toEqual({ needed: true });
    const distrusting = request(`${product.secureAddress}/api/setup`).end();
    await expect(once(distrusting, 'response')).rejects.toThrow(/self-signed|unable to/);
  });

  it('makes the first administrator from the link', async () => {
    await page.goto('about:blank');
    await page.goto(setUpLink);
    await page.getByRole('heading', { name: '首次设置' }).waitFor();
    await expectAccessible(page, 'set-up');
    await photograph(page, 'set-up');
    await fillIn();
    await page.getByRole('button', { name: '完成设置' }).click();
    await page.getByRole('heading', { name: '设置完成' }).waitFor();
    await page.getByRole('link', { name: '去添加学校' }).click();
    await page.waitForURL('**/admin/schools');
  });

  it('takes the link once only', async () => {
    const second = await visit(browser, product.address);
    await second.goto(setUpLink);
    await second.getByText('平台已经设置好了').waitFor();
    const again = await second.context().request.post('/api/setup', {
      data: { token: product.setUpToken, ...admin, login: 'second' },
    });
    expect([again.status(), (await again.json()).code]).toEqual([409, 'already_set_up']);
    await second.context().close();
  });

  async function fillIn(): Promise<void> {
    await page.getByLabel('姓名或称呼').fill(admin.name);
    await page.getByLabel('账号名').fill(admin.login);
    await page.getByLabel('密码', { exact: true }).fill(admin.password);
    await page.getByLabel('再输一次密码').fill(admin.password);
  }
});

describe('the administration pages', () => {
  it('found schools and an alliance', async () => {
    for (const name of ['中心小学', '东河小学']) {
      await page.getByRole('button', { name: '新建学校' }).click();
      await dialog().getByLabel('学校名').fill(name);
      await dialog().getByRole('button', { name: '保存', exact: true }).click();
      await page.getByRole('button', { name: `修改 ${name}` }).waitFor();
    }
    await page.getByRole('button', { name: '新建共同体' }).click();
    await dialog().getByLabel('共同体名').fill('青禾教育共同体');
    await dialog().getByRole('button', { name: '保存', exact: true }).click();
    const alliance = page.getByRole('article').filter({ hasText: '青禾教育共同体' });
    for (const [school, role] of [
      ['中心小学', '牵头校'],
      ['东河小学', '成员校'],
    ] as const) {
      await alliance.getByLabel('加入学校').selectOption({ label: school });
      await alliance.getByLabel('角色').selectOption({ label: role });
      await alliance.getByRole('button', { name: '加入', exact: true }).click();
      await alliance.getByRole('listitem').filter({ hasText: school }).getByText(role).waitFor();
    }
    await expectAccessible(page, 'schools');
    await photograph(page, 'administration');
  });

  it('make an account, whose initial password is shown once and works', async () => {
    await page.getByRole('button', { name: '账号', exact: true }).click();
    await page.getByRole('button', { name: '新建账号' }).click();
    await dialog().getByLabel('姓名或称呼').fill('数学教师一');
    await dialog().getByLabel('账号名').fill('teacher');
    await dialog().getByLabel('学校').selectOption({ label: '中心小学' });
    await dialog().getByRole('button', { name: '保存', exact: true }).click();
    await dialog().getByText('密码只显示这一次').waitFor();
    const initialPassword = await handedOver('初始密码');
    await dialog().getByRole('button', { name: '完成' }).click();
    await page.getByRole('listitem').filter({ hasText: 'teacher' }).waitFor();
    await expectAccessible(page, 'accounts');

    const teacher = await visit(browser, product.address);
    await teacher.goto('/');
    await teacher.waitForURL('**/sign-in');
    await expectAccessible(teacher, 'sign-in');
    await teacher.getByLabel('账号或手机号').fill('teacher');
    await teacher.getByLabel('密码').fill(initialPassword);
    await teacher.keyboard.press('Enter');
    await teacher.getByText('资源库还是空的').waitFor();
    await teacher.goto('/admin/schools');
    await teacher.getByText('没有这个页面').waitFor();
    await teacher.context().close();
  });

  it('make a room, and enrol its big screen with a link that works once', async () => {
    await page.getByRole('button', { name: '教室与终端' }).click();
    await page.getByRole('button', { name: '新建教室' }).click();
    await dialog().getByLabel('教室名').fill('三(1)班');
    await dialog().getByLabel('学校').selectOption({ label: '东河小学' });
    await dialog().getByRole('button', { name: '保存', exact: true }).click();
    const card = page.getByRole('listitem').filter({ hasText: '三(1)班' }).first();
    await card.getByRole('button', { name: '登记终端' }).click();
    await dialog().getByRole('button', { name: '现场没有手机，用登记链接' }).click();
    await dialog().getByRole('button', { name: '生成登记链接' }).click();
    const link = await handedOver('登记链接');
    await dialog().getByRole('button', { name: '完成' }).click();
    await card.getByText('等待登记').waitFor();
    await expectAccessible(page, 'rooms');

    const screen = await visit(browser, product.address);
    await screen.goto(link);
    await screen.getByText('今天没有安排课堂').waitFor();
    expect(await screen.locator('main').textContent()).toContain('东河小学 三(1)班');
    expect(new URL(screen.url()).hash).toBe('');
    await expectAccessible(screen, 'room');
    // Switched off and on again, it is the room without any code.
    await screen.goto('/room');
    await screen.getByText('今天没有安排课堂').waitFor();
    await screen.context().close();

    const other = await visit(browser, product.address);
    await other.goto(link);
    await other.getByText('登记链接不对或已经过期').waitFor();
    await expectAccessible(other, 'room without a device');
    await other.context().close();
    await page.reload();
    await card.getByText('最近在线').first().waitFor();
  });

  it('import the textbook catalog, and again without doubling it', async () => {
    await page.getByRole('button', { name: '教材目录' }).click();
    const table = { name: '教材目录.tsv', mimeType: 'text/tab-separated-values', buffer: Buffer.from(catalogTsv()) };
    await page.locator('input[type=file]').setInputFiles(table);
    const confirm = page.getByRole('button', { name: '确认导入' });
    await confirm.waitFor();
    await expectAccessible(page, 'preview of a catalog');
    await photograph(page, 'catalog-preview');
    await confirm.click();
    const told = page.getByRole('status').filter({ hasText: '没有变化' });
    await told.waitFor();
    expect(await told.textContent()).toMatch(/新增 [1-9]\d+ 项，更新 0 项，0 项没有变化/);
    for (const name of ['小学', '数学', '人教版', '三年级', '上册', '第八单元 分数的初步认识', '几分之一']) {
      await page.getByRole('button', { name, exact: true }).click();
    }
    await page.locator('[aria-current]', { hasText: '几分之一' }).waitFor();
    await page.locator('input[type=file]').setInputFiles(table);
    await page.getByText('目录已经是这样，不需要导入。').waitFor();
    expect(await confirm.count()).toBe(0);
    await expectAccessible(page, 'catalog');
  });

  it('say that every part works', async () => {
    await page.getByRole('button', { name: '系统状态' }).click();
    await page.getByText('各部分都正常').waitFor();
    await expectAccessible(page, 'system');
  });

  it('let go of who signs out', async () => {
    await page.getByRole('button', { name: '账号菜单' }).click();
    await page.getByRole('button', { name: '退出登录' }).click();
    await page.waitForURL('**/sign-in');
    await page.getByLabel('账号或手机号').waitFor();
  });
});
