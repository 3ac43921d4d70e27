import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { topics } from '../../infra/demo/content/topics.ts';
import { lessonPlanDocx, questionBankXlsx } from '../../infra/demo/formats/documents.ts';
import { expectAccessible, expectFitsPhone } from './environment/accessibility.ts';
import { phone } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

/* What teachers do every day takes them no more steps than it needs. */

const withId = z.object({ id: z.string() });
const title = '几分之一 教学设计';
let scene: Scene;
let id: string;

beforeAll(async () => {
  scene = await openScene();
  const teacher = await scene.alliance.clientOf('teacher');
  const fileId = await teacher.upload(`${title}.docx`, await lessonPlanDocx(topics.oneOfSeveral));
  const fields = { kind: 'lesson_plan', licence: 'cc_by', visibility: 'alliance', publish: true };
  const made = await teacher.send(
    'POST',
    '/resources',
    { ...fields, title, fileIds: [fileId] },
    z.object({ id: z.string() }),
  );
  ({ id } = made);
}, 120_000);
afterAll(() => scene?.close());

async function expectDownload(page: Page, act: () => Promise<void>): Promise<void> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  expect(download.suggestedFilename()).toBe(`${title}.docx`);
}

describe('the place in the textbook', () => {
  it('is found by the name of the lesson, by keyboard alone, though nothing is there yet', async () => {
    const page = await scene.open('teacher');
    await page.goto(`/resources/${id}/edit`);
    const finder = page.getByRole('searchbox', { name: '按课名找' });
    await finder.fill('草船');
    const lesson = page.getByRole('button', { name: /^草船借箭 .*统编版$/ });
    await lesson.waitFor();
    await expectAccessible(page, 'lessons found by name');
    await photograph(page, 'lesson-finder');
    await expectFitsPhone(page, 'lessons found by name');
    await finder.press('Enter');
    const chosen = page.getByRole('combobox', { name: '课', exact: true }).locator('option:checked');
    expect(await chosen.textContent()).toBe('草船借箭');
    expect(await finder.evaluate((field) => field === document.activeElement), 'the keyboard stays').toBe(true);
    expect(page.url(), 'nothing is saved').toContain('/edit');
    await finder.fill('没有这一课');
    await page.getByText('没有找到这样的课').waitFor();
    await page.context().close();
  });
});

describe('a file', () => {
  it('can be taken from where it is looked into', async () => {
    const page = await scene.open('member');
    await page.goto(`/?q=${title}`);
    await page.locator('[data-result]').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    const look = page.getByRole('dialog', { name: title });
    const take = look.getByRole('link', { name: /^下载 · / });
    await take.waitFor();
    await expectAccessible(page, 'a look into a hit');
    await photograph(page, 'quick-look');
    await expectDownload(page, () => take.click());
    await page.context().close();
  });

  it('can be taken on a phone without scrolling past its pages', async () => {
    const page = await scene.open('member', { viewport: phone });
    await page.goto(`/resources/${id}`);
    const take = page.getByRole('link', { name: /^下载/ }).first();
    const { y } = (await take.boundingBox()) ?? { y: Number.POSITIVE_INFINITY };
    expect(y, 'in sight at once').toBeLessThan(phone.height / 2);
    await photograph(page, 'resource-phone');
    await expectFitsPhone(page, 'a resource');
    await expectDownload(page, () => take.click());
    await page.context().close();
  });
});

it('a page of a document that is on its way is no empty sheet', async () => {
  const page = await scene.open('member');
  const { promise, resolve: letCome } = Promise.withResolvers<void>();
  await page.route('**/pages/1?*', async (route) => {
    await promise;
    await route.continue();
  });
  await page.goto(`/resources/${id}`);
  const sheet = page.locator('.sheet').first();
  await sheet.waitFor();
  const shade = () => sheet.evaluate((element) => Number(getComputedStyle(element, '::before').opacity || 0));
  await expect.poll(shade).toBeGreaterThan(0.4);
  await photograph(page, 'page-coming');
  letCome();
  await expect.poll(() => sheet.evaluate((element) => getComputedStyle(element, '::before').content)).toBe('none');
  await page.context().close();
});

it('a table of many columns and few lines can be read in its list and in its viewer', async () => {
  const teacher = await scene.alliance.clientOf('teacher');
  const fileId = await teacher.upload('题库.xlsx', await questionBankXlsx([topics.oneOfSeveral]));
  const fields = { kind: 'question_bank', licence: 'cc_by', visibility: 'alliance', publish: true };
  const made = await teacher.send('POST', '/resources', { ...fields, title: '题库', fileIds: [fileId] }, withId);
  const page = await scene.open('teacher', { viewport: phone });
  await page.goto(`/resources/${made.id}`);
  const sheet = page.locator('.sheet[data-page="1"]');
  // Wider than the stage, where its letters would be as high as three pixels.
  await expect.poll(async () => (await sheet.boundingBox())?.width, { timeout: 60_000 }).toBeGreaterThan(1_000);
  await photograph(page, 'table-phone');
  await page.goto('/mine');
  const cover = page.getByRole('listitem').filter({ hasText: '题库' }).locator('img');
  expect(await cover.evaluate((image: HTMLImageElement) => new URL(image.currentSrc).searchParams.get('width'))).toBe(
    '640',
  );
  expect(await cover.evaluate((image) => getComputedStyle(image).objectPosition), 'its first columns').toBe('0% 0%');
  await page.context().close();
});
