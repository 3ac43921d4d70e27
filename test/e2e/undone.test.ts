import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConnections } from '../../server/connections.ts';
import { type OpenDatabase, openDatabase } from '../../server/database/database.ts';
import { expectAccessible } from './environment/accessibility.ts';
import { phone } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const withId = z.object({ id: z.string() });

describe('what could not be done', () => {
  let scene: Scene;
  let admin: Page;
  let database: OpenDatabase;
  const rows = () => admin.getByRole('main').locator('li.item');
  beforeAll(async () => {
    scene = await openScene();
    admin = await scene.open('admin');
    const { databaseUrl } = (await readConnections(scene.product.dataDir)) ?? { databaseUrl: '' };
    database = openDatabase({ url: databaseUrl, poolSize: 1, onIdleError: () => undefined });
  });
  afterAll(async () => {
    await database?.close();
    await scene?.close();
  });

  /** As the server leaves it: a resource that the index has refused, an upload without an end, a job that was given up. */
  async function leaveUndone(): Promise<void> {
    const teacher = await scene.alliance.clientOf('teacher');
    const fileId = await teacher.upload('圆的周长（第一课时）.txt', Buffer.from('圆的周长'));
    const draft = { kind: 'lesson_plan', licence: 'cc_by', visibility: 'school' };
    const title = '圆的周长（第一课时）教学设计';
    const made = await teacher.send(
      'POST',
      '/resources',
      { ...draft, title, fileIds: [fileId], publish: true },
      withId,
    );
    const { pool } = database;
    const none = async (query: string) => (await pool.query(query)).rowCount === 0;
    // Once the file has been looked into and the index has it all, so that what is left here is not taken away again.
    await expect.poll(() => none(`select 1 from file where state <> 'ready'`), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => none('select 1 from outbox'), { timeout: 60_000 }).toBe(true);
    await pool.query(
      `insert into index_refusal (resource_id, reason, refused_at)
       values ($1, 'Meilisearch did not carry out documentAdditionOrUpdate: invalid_vectors_type', now() - interval '2 days')`,
      [made.id],
    );
    await pool.query(
      `insert into upload (id, owner_id, school_id, name, bytes, created_at, failure, failed_at)
       select $1, id, school_id, '鸡兔同笼 公开课实录.mp4', 734003200, now(),
         'AppError: storage_unavailable ← Error: connect ECONNREFUSED 10.2.0.7:9000', now() - interval '3 hours'
       from account where login = 'teacher'`,
      [randomUUID()],
    );
    await pool.query(
      `insert into jobs.job (name, data, source_name, source_retry_count, source_output)
       values ('dead', $1, 'file.process', 3, $2)`,
      [{ fileId }, { message: 'ConverterError timeout: soffice took longer than 180 s' }],
    );
  }

  it('is nothing on a new server', async () => {
    await admin.goto('/admin/system');
    await admin.getByText('一切顺利，没有未能完成的事项。').waitFor();
    await photograph(admin, 'undone-none');
  });

  it('is listed with whose it is, since when and why', async () => {
    await leaveUndone();
    await admin.goto('/admin/system');
    await admin.getByText('各部分都正常，有 3 件事没能完成').waitFor();
    await expect.poll(() => rows().count()).toBe(3);
    const figures = await (await fetch(`${scene.product.address}/metrics`)).text();
    for (const kind of ['document', 'upload', 'job']) expect(figures).toContain(`tongke_undone{kind="${kind}"} 1`);
    await admin.getByRole('heading', { name: '未能完成的事项' }).scrollIntoViewIfNeeded();
    await expectAccessible(admin, 'undone');
    await photograph(admin, 'undone');
    await admin.setViewportSize(phone);
    await admin.getByRole('heading', { name: '未能完成的事项' }).evaluate((heading) => heading.scrollIntoView());
    expect(await admin.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await photograph(admin, 'undone-phone', phone);
    await admin.setViewportSize({ width: 1366, height: 768 });
    const upload = rows().filter({ hasText: '鸡兔同笼' });
    await upload.getByText('文件存储当时不可用。每 5 分钟自动再试一次。').waitFor();
    expect(await upload.getByRole('button').count()).toBe(0);
    await admin.getByRole('link', { name: '圆的周长（第一课时）教学设计' }).click();
    await admin.getByRole('heading', { level: 1, name: '圆的周长（第一课时）教学设计' }).waitFor();
  });

  it('is seen in English, and in the dark', async () => {
    const page = await scene.open('admin');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.addInitScript(() => localStorage.setItem('tongke.locale', 'en'));
    await page.goto('/admin/system');
    await page.getByText('Every part is working, but 3 things couldn’t be done').waitFor();
    await page.getByRole('heading', { name: 'What couldn’t be done' }).evaluate((heading) => heading.scrollIntoView());
    await expectAccessible(page, 'undone in English');
    await photograph(page, 'undone-english');
    await photograph(page, 'undone-english-phone', phone);
    await page.context().close();
  });

  it('is tried again at the press of a button, and goes when it is done or gone', async () => {
    await admin.goto('/admin/system');
    await admin.getByRole('button', { name: '再试一次：圆的周长（第一课时）教学设计' }).click();
    await admin.getByText('已安排再试。如果仍不成功，会重新列在这里。').waitFor();
    await expect.poll(() => rows().count()).toBe(2);
    await photograph(admin, 'undone-tried');
    await admin.getByRole('button', { name: '再试一次：圆的周长（第一课时）.txt' }).click();
    await expect.poll(() => rows().count()).toBe(1);
    await database.pool.query('delete from upload');
    await admin.getByRole('button', { name: '再查一次' }).click();
    await admin.getByText('一切顺利，没有未能完成的事项。').waitFor();
    const { rowCount } = await database.pool.query('select 1 from index_refusal');
    expect(rowCount).toBe(0);
  });

  it('is counted for whoever cannot mend it', async () => {
    const page = await scene.open('operator');
    await page.goto('/admin/system');
    await page.getByText('一切顺利，没有未能完成的事项。').waitFor();
    await leaveUndone();
    await page.getByRole('button', { name: '再查一次' }).click();
    await page.getByText('3 件事没能完成，请联系平台管理员。').waitFor();
    expect(await page.getByRole('button', { name: /再试一次/ }).count()).toBe(0);
    await page.context().close();
  });
});
