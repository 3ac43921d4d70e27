import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Clamd, eicar, eicarName, prepareClamd } from '../environment/clamd.ts';
import { expectAccessible } from './environment/accessibility.ts';
import { phone, signInAs, visit } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const withId = z.looseObject({ id: z.string() });

describe('the audit trail and the virus scanner', () => {
  let clamd: Clamd;
  let scene: Scene;
  let admin: Page;
  let resourceId: string;
  beforeAll(async () => {
    clamd = await prepareClamd();
    await clamd.start();
    scene = await openScene({ settings: { CLAMD_ADDRESS: clamd.addresses[0] } });
    admin = await scene.open('admin');
    const teacher = await scene.alliance.clientOf('teacher');
    const fileIds = [
      await teacher.upload('几分之一.txt', Buffer.from('把一个月饼平均分成四份。'.repeat(20))),
      await teacher.upload('课堂练习.txt', eicar),
    ];
    const resource = {
      title: '分数的初步认识 教学设计',
      kind: 'lesson_plan',
      licence: 'cc_by',
      visibility: 'alliance',
      fileIds,
      publish: true,
    };
    ({ id: resourceId } = await teacher.send('POST', '/resources', resource, withId));
  }, 180_000);
  afterAll(async () => {
    await scene?.close();
    await clamd?.close();
  });

  it('keep an infected file from everybody, and say so', async () => {
    const page = await scene.open('member');
    await page.goto(`/resources/${resourceId}`);
    await page.getByText('含病毒，已隔离').waitFor();
    await page.getByRole('button', { name: /课堂练习/ }).click();
    await page.getByText(/文件里查出了病毒，已被隔离/).waitFor();
    expect(await page.getByText(eicarName).count()).toBe(0);
    expect(await page.getByRole('link', { name: /下载/ }).count()).toBe(1);
    await expectAccessible(page, 'an infected file');
    await photograph(page, 'virus-file');
    await photograph(page, 'virus-file-phone', phone);
    await page.getByRole('button', { name: /几分之一/ }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /下载 ·/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('几分之一.txt');
    await download.path();
    await page.context().close();
    const owner = await scene.open('teacher');
    await owner.goto(`/resources/${resourceId}`);
    await owner.getByRole('button', { name: /课堂练习/ }).click();
    await owner.getByText(`查到的病毒：${eicarName}`).waitFor();
    await owner.context().close();
  });

  it('show an administrator who saw, took and changed what', async () => {
    await admin.goto('/admin/audit');
    const table = admin.getByRole('table', { name: '审计' });
    const row = table.getByRole('row', { name: /数学教师二.*下载文件.*几分之一\.txt/ });
    // What is seen and taken is written down within seconds, not at once.
    const listed = async () => {
      await admin.reload();
      await admin.getByLabel('对象', { exact: true }).fill('几分之一');
      return await row.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    };
    await expect.poll(listed, { timeout: 60_000 }).toBe(true);
    await admin.getByLabel('对象', { exact: true }).fill('');
    await table.getByRole('row', { name: /系统.*隔离带病毒的文件.*课堂练习\.txt/ }).waitFor();
    await expectAccessible(admin, 'the audit trail');
    await photograph(admin, 'audit');
    await photograph(admin, 'audit-phone', phone);

    await admin.getByLabel('操作').selectOption({ label: '查看资源' });
    await admin.getByLabel('谁').fill('数学教师二');
    await expect.poll(() => table.getByRole('row').count()).toBe(2);
    await photograph(admin, 'audit-narrowed');
    const [file] = await Promise.all([
      admin.waitForEvent('download'),
      admin.getByRole('link', { name: '导出表格' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/^audit-\d{4}-\d\d-\d\d\.csv$/);
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('"查看资源","数学教师二","东河小学","资源","分数的初步认识 教学设计","中心小学"');
    await table.getByRole('link', { name: '分数的初步认识 教学设计' }).click();
    await admin.waitForURL(`**/resources/${resourceId}`);

    await admin.goto('/admin/audit');
    await admin.getByLabel('谁').fill('没有这个人');
    await admin.getByText('没有符合条件的记录').waitFor();
    await photograph(admin, 'audit-empty');
  });

  it('show a principal what concerns the school, and others nothing', async () => {
    const { admin: client, schools } = scene.alliance;
    const account = { login: 'principal', name: '校长', role: 'principal', schoolId: schools.东河小学 };
    const { initialPassword } = await client.send(
      'POST',
      '/accounts',
      account,
      z.object({ initialPassword: z.string() }),
    );
    const page = await visit(scene.browser, scene.product.address);
    await signInAs(page.context(), 'principal', initialPassword);
    await page.goto('/admin/audit');
    await page.getByRole('row', { name: /数学教师二.*下载文件/ }).waitFor();
    expect(await page.getByRole('row', { name: /隔离带病毒的文件/ }).count()).toBe(0);
    await photograph(page, 'audit-principal');
    await page.context().close();
    const operator = await scene.open('operator');
    await operator.goto('/admin/audit');
    await operator.getByRole('button', { name: '账号', exact: true }).waitFor();
    expect(await operator.getByRole('button', { name: '审计' }).count()).toBe(0);
    await operator.context().close();
  });

  it('say when the scanner is away, and what waits for it', async () => {
    await clamd.stop();
    const page = await scene.open('teacher');
    const teacher = await scene.alliance.clientOf('teacher');
    const fileIds = [await teacher.upload('等着查毒.txt', Buffer.from('等一等'))];
    const draft = { title: '等着查毒的', kind: 'lesson_plan', licence: 'cc_by', visibility: 'school', fileIds };
    const { id } = await teacher.send('POST', '/resources', { ...draft, publish: true }, withId);
    await page.goto(`/resources/${id}`);
    await page.getByText(/查毒程序暂时没有应答/).waitFor();
    expect(await page.getByRole('link', { name: /下载/ }).count()).toBe(0);
    await photograph(page, 'virus-waiting');
    await admin.goto('/admin/system');
    await admin.getByText(/查毒程序 clamd（unix:.*）没有应答/).waitFor();
    await photograph(admin, 'virus-away');
    await clamd.start();
    await page.getByRole('link', { name: /下载/ }).first().waitFor();
    await page.context().close();
  });
});
