import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createJobs } from '../../server/jobs/jobs.ts';
import { expireRecordingsJob } from '../../server/retention/jobs.ts';
import { createTestDatabase, type TestDatabase } from '../environment/database.ts';
import { expectAccessible } from './environment/accessibility.ts';
import { phone } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

let database: TestDatabase;
let scene: Scene;
let resourceId: string;
const withId = z.object({ id: z.string() });
const title = '专递课堂：《几分之一》';
const dayMs = 24 * 60 * 60 * 1000;

/** A lesson of 400 days ago; nobody can wait for one. */
async function addOldLesson(): Promise<void> {
  const { db } = database;
  const at = new Date(Date.now() - 400 * dayMs);
  const { school_id, owner_id } = await db
    .selectFrom('resource')
    .select(['school_id', 'owner_id'])
    .where('id', '=', resourceId)
    .executeTakeFirstOrThrow();
  const { id: class_session_id } = await db
    .insertInto('class_session')
    .values({
      ...{ alliance_id: scene.alliance.id, school_id, presenter_id: owner_id, title: '几分之一', state: 'published' },
      ...{ scheduled_start: at, scheduled_end: new Date(at.getTime() + 40 * 60_000) },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const shown = { duration_ms: 4000, completeness: 1, timeline: JSON.stringify({ slides: [], gaps: [] }) };
  await db
    .insertInto('recording')
    .values({ class_session_id, resource_id: resourceId, state: 'finished', started_at: at, ...shown })
    .execute();
}

/** The job of the night, run by the product. */
async function night(): Promise<void> {
  const jobs = createJobs({ databaseUrl: database.url, log: pino({ level: 'silent' }) });
  jobs.declare(expireRecordingsJob);
  await jobs.start();
  await jobs.send(database.db, expireRecordingsJob, {});
  await jobs.stop(1000);
}

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  scene = await openScene({ settings: { DATABASE_URL: database.url } });
  const path = join(scene.folder, '实录.mp4');
  const input = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=8:d=4', '-f', 'lavfi', '-i', 'sine=duration=4'];
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...input, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-y', path]);
  const teacher = await scene.alliance.clientOf('teacher');
  const fileId = await teacher.upload('实录.mp4', await readFile(path));
  const resource = { title, kind: 'class_recording', licence: 'cc_by_nc', visibility: 'alliance', publish: true };
  resourceId = (await teacher.send('POST', '/resources', { ...resource, fileIds: [fileId] }, withId)).id;
  await addOldLesson();
}, 180_000);
afterAll(async () => {
  await scene?.close();
  await database?.close();
});

const choose = (page: Page, label: string) => page.getByRole('combobox', { name: label }).selectOption('中心小学');

it('an administrator sets how long a school keeps recordings, and sees what goes before it is so', async () => {
  const admin = await scene.open('admin');
  await admin.goto('/admin/recordings');
  await choose(admin, '学校');
  await admin.getByText('现在：永久保存。').waitFor();
  const days = admin.getByLabel('保存天数');
  await days.fill('三年');
  await admin.getByText('请填 30 到 3650 之间的整数，或者不填。').waitFor();
  const rule = admin.getByRole('region', { name: '课堂实录保存多久' });
  expect(await rule.getByRole('button', { name: '保存', exact: true }).isDisabled()).toBe(true);
  await photograph(admin, 'retention-fault');
  // Enough for it: nothing is asked.
  await days.fill('500');
  await days.press('Enter');
  await admin.getByText('现在：保存 500 天。').waitFor();
  await expectAccessible(admin, 'how long recordings are kept');
  await days.fill('365');
  await days.press('Enter');
  await admin.getByText(/1 份实录已超过 365 天/).waitFor();
  await expectAccessible(admin, 'what a shorter time deletes');
  await photograph(admin, 'retention-confirm');
  await photograph(admin, 'retention-confirm-phone', phone);
  await admin.getByRole('button', { name: '保存 365 天' }).click();
  await admin.getByText('现在：保存 365 天。').waitFor();
  await admin.getByText('1 份实录已超过期限：先通知主讲教师').waitFor();
  await photograph(admin, 'retention-form');
  await photograph(admin, 'retention-form-phone', phone);
  await admin.evaluate(() => localStorage.setItem('tongke.locale', 'en'));
  await admin.reload();
  await choose(admin, 'School');
  await admin.getByText('Now: kept for 365 days.').waitFor();
  await admin.getByText('1 recording is past the limit').waitFor();
  await photograph(admin, 'retention-form-en');
  await admin.context().close();
});

it('a school says whether pupils are in recordings', async () => {
  const admin = await scene.open('admin');
  await admin.goto('/admin/recordings');
  await choose(admin, '学校');
  const consent = admin.getByRole('region', { name: '课堂实录录不录学生' });
  await expect.poll(() => consent.getByRole('radio', { name: '都不录，只直播' }).isChecked()).toBe(true);
  await consent.getByRole('radio', { name: '都不录，只直播' }).press('ArrowDown');
  await consent.getByRole('button', { name: '保存', exact: true }).click();
  await admin.getByText('已保存。').waitFor();
  await admin.reload();
  await choose(admin, '学校');
  await expect.poll(() => consent.getByRole('radio', { name: '只录学生的声音' }).isChecked()).toBe(true);
  await admin.context().close();
});

it('its teacher is told, sees when it goes, and keeps it for ever', async () => {
  await night();
  await expect
    .poll(() => database.db.selectFrom('notice').select('kind').execute(), { timeout: 60_000 })
    .toEqual([{ kind: 'recording_expires' }]);
  const teacher = await scene.open('teacher');
  await teacher.goto('/');
  await teacher.getByRole('button', { name: '通知，1 条未读' }).click();
  await teacher.getByText(`“${title}”快要自动删除了`).waitFor();
  await expectAccessible(teacher, 'notice of a recording');
  await photograph(teacher, 'retention-notice');
  await photograph(teacher, 'retention-notice-phone', phone);
  await teacher.getByText(`“${title}”快要自动删除了`).click();
  await teacher.waitForURL(`**/resources/${resourceId}`);
  await teacher.getByText(/之后自动删除$/).waitFor();
  await expectAccessible(teacher, 'recording that goes');
  await photograph(teacher, 'retention-resource');
  await teacher.getByRole('button', { name: '永久保存' }).scrollIntoViewIfNeeded();
  await teacher.setViewportSize(phone);
  await teacher.getByRole('button', { name: '永久保存' }).scrollIntoViewIfNeeded();
  await photograph(teacher, 'retention-resource-phone');
  await teacher.getByRole('button', { name: '永久保存' }).press('Enter');
  await teacher.getByText('学校规定课堂实录保存 365 天，这份实录不受限制。').waitFor();
  await photograph(teacher, 'retention-exempt-phone');
  await teacher.getByRole('button', { name: '取消永久保存' }).click();
  await teacher.getByRole('dialog').getByText('最早也在 14 天以后').waitFor();
  await photograph(teacher, 'retention-release-phone');
  await teacher.getByRole('dialog').getByRole('button', { name: '取消永久保存' }).click();
  await teacher.getByText(/之后自动删除$/).waitFor();
  await teacher.context().close();

  // Who watches it is told nothing of that.
  const member = await scene.open('member');
  await member.goto(`/resources/${resourceId}`);
  await member.getByRole('heading', { level: 1 }).waitFor();
  expect(await member.getByText('保存期限').count()).toBe(0);
  await member.context().close();
});
