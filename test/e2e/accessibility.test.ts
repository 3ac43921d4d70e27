import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { topics } from '../../infra/demo/content/topics.ts';
import { worksheetPdf } from '../../infra/demo/formats/documents.ts';
import { expectAccessible } from './environment/accessibility.ts';
import { desktop, phone, visit } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

/*
 * Pages in a state of their own (set-up, upload, studio, room, recording) are looked at where the story comes to them;
 * here are all the others, in light and dark, in both languages and on a phone.
 */

const withId = z.object({ id: z.string() });
let scene: Scene;
let resourceId: string;
let sessionId: string;
let lessonId: string;

beforeAll(async () => {
  scene = await openScene();
  const { alliance } = scene;
  const teacher = await alliance.clientOf('teacher');
  const fileId = await teacher.upload('几分之一 学习任务单.pdf', await worksheetPdf(topics.oneOfSeveral, '学习任务单'));
  const nodeId = await alliance.place(
    '小学',
    '数学',
    '人教版',
    '三年级',
    '上册',
    '第八单元 分数的初步认识',
    '几分之一',
  );
  lessonId = nodeId;
  const terms = { kind: 'task_sheet', licence: 'cc_by_nc', visibility: 'alliance', publish: true };
  const resource = { ...terms, title: '几分之一 学习任务单', description: '课前完成。', nodeId, fileIds: [fileId] };
  resourceId = (await teacher.send('POST', '/resources', resource, withId)).id;
  await teacher.send('POST', '/resources', { ...terms, title: '未完成的稿子', publish: false }, withId);
  const wanted = { schoolId: alliance.schools.东河小学, name: '三(1)班' };
  const { room } = await alliance.admin.send('POST', '/rooms', wanted, z.object({ room: withId }));
  const start = new Date();
  const session = await teacher.send(
    'POST',
    '/class-sessions',
    {
      title: '三年级数学《几分之一》',
      allianceId: alliance.id,
      roomIds: [room.id],
      scheduledStart: start.toISOString(),
      scheduledEnd: new Date(start.getTime() + 40 * 60_000).toISOString(),
      nodeId,
    },
    withId,
  );
  sessionId = session.id;
}, 120_000);

afterAll(() => scene?.close());

/** Each page of a teacher, with what shows that it is all there. */
const pages: Record<string, (page: Page) => Promise<unknown>> = {
  library: async (page) => {
    await page.goto('/');
    await page.locator('[data-result]').first().waitFor();
  },
  'search results': async (page) => {
    // Words of a description are marked where they are not the first thing to be read.
    await page.goto('/?q=课前');
    await page.locator('.snippet mark').first().waitFor();
  },
  'nothing found': async (page) => {
    await page.goto('/?q=zzyzx');
    await page.locator('.lucide-search-x').waitFor();
  },
  resource: async (page) => {
    await page.goto(`/resources/${resourceId}`);
    await page.locator('.stage img').first().waitFor({ timeout: 120_000 });
  },
  lesson: async (page) => {
    await page.goto(`/catalog/${lessonId}`);
    await page.getByRole('link', { name: '几分之一 学习任务单', exact: true }).waitFor();
  },
  'change of a resource': async (page) => {
    await page.goto(`/resources/${resourceId}/edit`);
    await page.getByRole('combobox').nth(5).waitFor();
  },
  upload: async (page) => {
    await page.goto('/upload');
    await page.locator('input[type=file]').waitFor({ state: 'attached' });
  },
  mine: async (page) => {
    await page.goto('/mine');
    await page.getByRole('link', { name: '几分之一 学习任务单', exact: true }).waitFor();
  },
  timetable: async (page) => {
    await page.goto('/timetable');
    await page.locator(`[data-session="${sessionId}"]`).waitFor();
  },
  session: async (page) => {
    await page.goto(`/sessions/${sessionId}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  },
  'no such page': async (page) => {
    await page.goto('/nowhere');
    await page.getByRole('heading', { level: 1 }).waitFor();
  },
};

describe('every page of a teacher has no serious fault', () => {
  const looks = {
    'in light and Chinese': { colorScheme: 'light', locale: 'zh-CN', viewport: desktop },
    'in dark and English, on a phone': { colorScheme: 'dark', locale: 'en', viewport: phone },
  } as const;

  for (const [look, { colorScheme, locale, viewport }] of Object.entries(looks)) {
    it(look, async () => {
      const page = await scene.open('teacher', { viewport });
      await page.emulateMedia({ colorScheme });
      await page.addInitScript((chosen) => localStorage.setItem('tongke.locale', chosen), locale);
      for (const [name, open] of Object.entries(pages)) {
        await open(page);
        expect(await page.locator('html').getAttribute('lang')).toBe(locale);
        await expectAccessible(page, name);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits`).toBe(
          true,
        );
        if (name === 'lesson') await photograph(page, viewport === desktop ? 'lesson' : 'lesson-phone');
        if (viewport === desktop && name === 'mine') await photograph(page, 'mine');
        if (viewport === desktop && name === 'timetable') await photograph(page, 'timetable-phone', phone);
      }
      await page.context().close();
    });
  }
});

it('the page to sign in, and what comes of a wrong password, can be read by everyone', async () => {
  const page = await visit(scene.browser, scene.product.address);
  await page.goto('/sign-in');
  await page.getByLabel('账号或手机号').fill('teacher');
  await page.getByLabel('密码').fill('这不是密码吧');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: '账号或密码不对' }).waitFor();
  await expectAccessible(page, 'sign-in');
  await photograph(page, 'sign-in');
  await page.context().close();
});

it('on a phone the ring of the focus is seen whole, also where a row of buttons scrolls', async () => {
  const page = await scene.open('teacher', { viewport: phone });
  await page.goto('/');
  const filters = page.getByRole('button', { name: '筛选' });
  await filters.waitFor();
  await page.keyboard.press('Tab');
  await filters.focus();
  const room = await filters.evaluate((button) => {
    const { outlineWidth, outlineOffset } = getComputedStyle(button);
    const around = (button.parentElement ?? button).getBoundingClientRect();
    const { top, bottom } = button.getBoundingClientRect();
    const ring = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
    return { ring, above: top - around.top - ring, below: around.bottom - bottom - ring };
  });
  expect(room.ring).toBeGreaterThan(0);
  expect([room.above, room.below].map((left) => left >= 0)).toEqual([true, true]);
  await page.context().close();
});

it('every part of the administration fits a phone, in dark and English, and shows which one it is', async () => {
  const page = await scene.open('admin', { viewport: phone });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.addInitScript(() => localStorage.setItem('tongke.locale', 'en'));
  const parts = ['accounts', 'rooms', 'timetable', 'recordings', 'schools', 'catalog', 'synonyms', 'audit', 'system'];
  for (const part of parts) {
    await page.goto(`/admin/${part}`);
    const on = page.getByRole('group', { name: 'Platform' }).locator('[aria-pressed=true]');
    await on.waitFor();
    await page.waitForLoadState('networkidle');
    const { left, right } = await on.evaluate((button) => button.getBoundingClientRect());
    expect([left >= 0, right <= phone.width], `the tab of ${part} is in sight`).toEqual([true, true]);
    await expectAccessible(page, part);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${part} fits`).toBe(true);
    await photograph(page, `administration-${part}-phone`);
  }
  await page.context().close();
});

it.each([
  ['admin', '平台管理', 'Platform'],
  ['operator', '学校管理', 'School'],
] as const)(
  'what the %s keeps is called the same in the navigation and on its page',
  async (person, chinese, english) => {
    const page = await scene.open(person);
    const expectName = async (name: string) => {
      const link = page.getByRole('navigation').getByRole('link', { name, exact: true });
      await link.click();
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
      expect(await page.title()).toMatch(new RegExp(`^${name} - `));
    };
    await page.goto('/');
    await expectName(chinese);
    await page.evaluate(() => localStorage.setItem('tongke.locale', 'en'));
    await page.goto('/');
    await expectName(english);
    await page.context().close();
  },
);

it('what is not there leads back to the library, and asks nobody to report it', async () => {
  const page = await scene.open('teacher');
  await page.goto('/resources/01a21b3a-1dab-7c84-a497-3afe32645e50');
  await page.getByRole('heading', { level: 1, name: '没有找到' }).waitFor();
  expect(await page.getByText('报修').count()).toBe(0);
  await expectAccessible(page, 'resource that is not there');
  await page.getByRole('link', { name: '回到资源库' }).click();
  await page.locator('[data-result]').first().waitFor();
  await page.context().close();
});

it('where nothing is found, conditions are to be taken off only when there are any', async () => {
  const page = await scene.open('teacher');
  await page.goto('/?q=zzyzx');
  await page.getByText('换一个说法再试，拼音也可以。').waitFor();
  await page.goto('/?q=zzyzx&subject=math');
  await page.getByText('或去掉一些条件再试').waitFor();
  await page.context().close();
});

it('a search without a network is made by itself once the network is back', async () => {
  const page = await scene.open('teacher');
  await page.goto('/');
  await page.locator('[data-result]').first().waitFor();
  await page.context().setOffline(true);
  await page.getByRole('textbox', { name: '搜索资源' }).fill('几分之一');
  await page.getByText('连不上服务器').waitFor();
  await expectAccessible(page, 'search without a network');
  await page.context().setOffline(false);
  await page.locator('[data-result] mark').first().waitFor();
  await page.context().close();
});

it('the administration of a school can be worked by keyboard alone', async () => {
  const page = await scene.open('operator');
  await page.goto('/admin/rooms');
  const add = page.getByRole('button', { name: '新建教室' });
  await add.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await expectAccessible(page, 'dialog of a new room');
  await page.keyboard.type('音乐教室');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '音乐教室' }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Tab');
  const focused = page.locator(':focus');
  await focused.waitFor();
  expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle), 'the focus is seen').not.toBe(
    'none',
  );
  await expectAccessible(page, 'rooms');
  await page.context().close();
});
