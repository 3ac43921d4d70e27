import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectAccessible } from './environment/accessibility.ts';
import { bigScreen, desktop, phone, visit } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const withId = z.looseObject({ id: z.string() });
const roomAnswer = z.object({ room: withId });
const dayMs = 86_400_000;

/** Monday in so many weeks, as a date field has it. */
function mondayIn(weeks: number): string {
  const now = new Date(Date.now() + 8 * 3_600_000);
  const sinceMonday = (now.getUTCDay() + 6) % 7;
  return new Date(now.getTime() + (weeks * 7 - sinceMonday) * dayMs).toISOString().slice(0, 10);
}
const plus = (day: string, days: number): string => new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);

describe('the timetable', () => {
  let scene: Scene;
  let admin: Page;
  let teacher: Page;
  const rooms: string[] = [];
  const monday = mondayIn(1);
  beforeAll(async () => {
    scene = await openScene();
    const { alliance } = scene;
    for (const name of ['三(1)班', '三(2)班']) {
      const wanted = { schoolId: alliance.schools.东河小学, name };
      rooms.push((await alliance.admin.send('POST', '/rooms', wanted, roomAnswer)).room.id);
    }
    [admin, teacher] = [await scene.open('admin'), await scene.open('teacher')];
  }, 180_000);
  afterAll(() => scene?.close());

  it('has the bells of a school, begun with usual ones, and the days of a term', async () => {
    await admin.goto('/admin/timetable');
    await admin.getByLabel('学校', { exact: true }).selectOption({ label: '中心小学' });
    await admin.getByRole('button', { name: '小学：上午 4 节，下午 3 节' }).click();
    const first = admin.getByLabel('第1节 上课');
    expect(await first.inputValue()).toBe('08:20');
    // The time of the school by the name that people give it.
    expect(await admin.getByLabel('时区').locator('option:checked').textContent()).toBe('中国标准时间');
    expect(await admin.getByLabel('时区').inputValue()).toBe('Asia/Shanghai');
    await first.fill('09:10');
    await admin.getByRole('button', { name: '保存', exact: true }).click();
    await admin.getByText('每节要先上课后下课，前后不能重叠').waitFor();
    await first.fill('08:10');
    await admin.getByLabel('第1节 下课').fill('08:50');
    await admin.getByRole('button', { name: '保存', exact: true }).click();
    await admin.getByText('已保存作息时间').waitFor();

    await admin.getByRole('button', { name: '新建学期' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('学期名').fill('本学期');
    await dialog.getByLabel('第一天').fill(plus(monday, -14));
    await dialog.getByLabel('最后一天').fill(plus(monday, 34));
    await dialog.getByRole('button', { name: '加一段放假' }).click();
    await dialog.getByLabel('名称').fill('元旦');
    await dialog.getByLabel('从', { exact: true }).fill(plus(monday, 14));
    await dialog.getByLabel('到', { exact: true }).fill(plus(monday, 16));
    await dialog.getByRole('button', { name: '加一天补课' }).click();
    await dialog.getByLabel('上课的日子').fill(plus(monday, 12));
    await dialog.getByLabel('补哪天的课').fill(plus(monday, 14));
    await expectAccessible(admin, 'a term');
    await photograph(admin, 'timetable-term');
    await photograph(admin, 'timetable-term-phone', phone);
    await dialog.getByRole('button', { name: '保存', exact: true }).click();
    await admin.getByText('放假 1 段，补课 1 天').waitFor();
    await expectAccessible(admin, 'bells and terms');
    await photograph(admin, 'timetable-settings');
    await photograph(admin, 'timetable-settings-phone', phone);
  });

  it('keeps what was planned and not saved over another page and a sign-in that ran out', async () => {
    const planner = await scene.open('teacher');
    await planner.goto('/sessions/new');
    const title = planner.getByLabel('课堂名称');
    await planner.getByText('每周重复').click();
    await planner.getByRole('button', { name: /^安排/ }).click();
    // The form is longer than the window; the first field at fault is where the keyboard is.
    await expect.poll(() => title.evaluate((field) => field === document.activeElement)).toBe(true);
    await title.fill('没排完的课');
    await planner.getByLabel('周二 第3节', { exact: true }).check();
    await planner.getByLabel('三(2)班').check();
    await planner.getByRole('link', { name: '资源库' }).first().click();
    await planner.getByLabel('搜索资源').waitFor();
    await planner.goBack();
    await planner.getByText('上次没有保存的内容还在。').waitFor();
    // What the form still asks for would be the first to find that the sign-in has run out.
    await planner.getByRole('button', { name: /^安排这 \d+ 次课/ }).waitFor();
    await planner.waitForLoadState('networkidle');
    await planner.context().clearCookies();
    await planner.getByRole('button', { name: /^安排/ }).click();
    await planner.getByText('登录已失效，请重新登录').waitFor();
    await planner.getByLabel('账号或手机号').fill('teacher');
    await planner.getByLabel('密码').fill(scene.alliance.passwords.teacher);
    await planner.getByLabel('密码').press('Enter');
    await expect.poll(() => title.inputValue()).toBe('没排完的课');
    await expect.poll(() => planner.getByLabel('周二 第3节', { exact: true }).isChecked()).toBe(true);
    expect(await planner.getByLabel('三(2)班').isChecked()).toBe(true);
    await planner.getByRole('button', { name: '不要了' }).click();
    await expect.poll(() => title.inputValue()).toBe('');
    await planner.context().close();
  });

  it('takes a weekly lesson, shows all its dates and what is in the way, and saves rooms as a group', async () => {
    const { alliance } = scene;
    const clashing = {
      title: '家长会',
      allianceId: alliance.id,
      presenterId: (
        await alliance.admin.get(
          '/accounts',
          z.object({ items: z.array(z.looseObject({ id: z.string(), name: z.string() })) }),
        )
      ).items.find(({ name }) => name === '数学教师一')?.id,
      roomIds: [rooms[0]],
      at: { day: plus(monday, 7), period: 3 },
    };
    await alliance.admin.send('POST', '/class-sessions', clashing, withId);

    await teacher.goto('/sessions/new');
    await teacher.getByLabel('课堂名称').fill('同步数学');
    await teacher.getByRole('button', { name: '每周重复' }).click();
    await teacher.getByLabel('从', { exact: true }).fill(monday);
    await teacher.getByRole('checkbox', { name: '周一 第3节' }).press('Space');
    await teacher.getByRole('checkbox', { name: '周四 第5节' }).press('Space');
    await teacher.getByRole('checkbox', { name: '三(1)班' }).check();
    await teacher.getByRole('checkbox', { name: '三(2)班' }).check();
    await teacher.getByText('东河小学 三(1)班已有“家长会”').waitFor();
    await teacher.getByText(/元旦放假，不排/).waitFor();
    await teacher.getByText(/^补.*的课$/).waitFor();
    await teacher.getByRole('button', { name: '把这些教室存为一组' }).click();
    await teacher.getByLabel('组名').fill('东河三年级');
    await teacher.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click();
    await teacher.getByText('已保存教室组“东河三年级”').waitFor();
    await expectAccessible(teacher, 'a weekly lesson');
    await photograph(teacher, 'timetable-weekly', { width: 1366, height: 1500 });
    await photograph(teacher, 'timetable-weekly-phone', { width: 390, height: 1900 });

    await teacher.getByRole('button', { name: /^安排这 \d+ 次课$/ }).click();
    await teacher
      .getByRole('alert')
      .getByText(/已有“家长会”/)
      .first()
      .waitFor();
    await teacher.getByRole('button', { name: '去掉有冲突的' }).click();
    const submit = teacher.getByRole('button', { name: /^安排这 \d+ 次课$/ });
    const wanted = Number(/\d+/.exec((await submit.textContent()) ?? '')?.[0]);
    await submit.click();
    await teacher.getByText(`已安排 ${wanted} 次课`).waitFor();
    await teacher.waitForURL('**/timetable**');
  });

  it('shows the week by periods, and goes through it by the arrows', async () => {
    await teacher.goto(`/timetable?week=${monday}`);
    const table = teacher.getByRole('table', { name: '一周课程表' });
    await table
      .getByRole('link', { name: /同步数学/ })
      .first()
      .waitFor();
    expect(
      await table
        .getByRole('row', { name: /第3节/ })
        .getByRole('link', { name: /同步数学/ })
        .count(),
    ).toBe(1);
    expect(
      await table
        .getByRole('row', { name: /第5节/ })
        .getByRole('link', { name: /同步数学/ })
        .count(),
    ).toBe(1);
    await table
      .getByRole('row', { name: /第3节/ })
      .getByRole('link', { name: /同步数学/ })
      .focus();
    await teacher.keyboard.press('ArrowRight');
    expect(await teacher.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
      /周二.*第3节安排课堂/,
    );
    await expectAccessible(teacher, 'the week by periods');
    await teacher.keyboard.press('Enter');
    await teacher.getByLabel('日期').waitFor();
    expect(await teacher.getByLabel('日期').inputValue()).toBe(plus(monday, 1));
    expect(await teacher.getByLabel('节次').inputValue()).toBe('3');
    await teacher.getByRole('button', { name: '选“东河三年级”的 2 间教室' }).click();
    expect(await teacher.getByRole('checkbox', { name: '三(2)班' }).isChecked()).toBe(true);
    await teacher.getByText('这个时间都空着').waitFor();
    await photograph(teacher, 'timetable-single', { width: 1366, height: 1100 });
  });

  it('moves a lesson and cancels those that follow, and tells the operator of the rooms', async () => {
    await teacher.goto(`/timetable?week=${monday}`);
    await teacher
      .getByRole('row', { name: /第3节/ })
      .getByRole('link', { name: /同步数学/ })
      .click();
    await teacher.getByText(/月\d{1,2}日周一 \d\d:\d\d–\d\d:\d\d/).waitFor();
    await teacher.getByRole('link', { name: '修改' }).click();
    await teacher.getByLabel('日期').fill(plus(monday, 1));
    await teacher.getByLabel('节次').selectOption('5');
    await teacher.getByLabel('改时间的原因').fill('教研活动');
    await photograph(teacher, 'timetable-move', { width: 1366, height: 1200 });
    await teacher.getByRole('button', { name: '保存', exact: true }).click();
    await teacher.waitForURL('**/timetable**');
    await teacher.goto(`/timetable?week=${monday}`);
    await teacher.getByText(/^改到 .*第5节.*：教研活动$/).waitFor();
    await teacher
      .getByRole('row', { name: /第5节/ })
      .getByRole('link', { name: /同步数学/ })
      .last()
      .click();
    await teacher.getByRole('button', { name: '取消这堂课' }).click();
    await teacher.getByRole('radio', { name: '这次和以后各次' }).check();
    await teacher.getByLabel('原因').fill('校运动会');
    await expectAccessible(teacher, 'cancelling a lesson');
    await photograph(teacher, 'timetable-cancel');
    await photograph(teacher, 'timetable-cancel-phone', phone);
    await teacher.getByRole('dialog').getByRole('button', { name: '取消这堂课' }).click();
    await teacher.waitForURL('**/timetable');
    await teacher.goto(`/timetable?week=${monday}`);
    await teacher.getByText('已取消：校运动会').first().waitFor();
    await photograph(teacher, 'timetable-grid', desktop);
    await teacher.emulateMedia({ media: 'print' });
    expect(await teacher.getByRole('navigation', { name: '主导航' }).isVisible()).toBe(false);
    expect(await teacher.getByRole('table', { name: '一周课程表' }).isVisible()).toBe(true);
    await photograph(teacher, 'timetable-print', desktop);
    await teacher.emulateMedia({ media: null });
    await photograph(teacher, 'timetable-list-phone', phone);

    const operator = await scene.open('operator');
    await operator.goto('/timetable');
    await operator.getByRole('button', { name: '通知，2 条未读' }).click();
    await operator.getByText('“同步数学”已取消').waitFor();
    await operator.getByText(/原因：校运动会/).waitFor();
    await expectAccessible(operator, 'notices');
    await photograph(operator, 'timetable-notices');
    await photograph(operator, 'timetable-notices-phone', phone);
    await operator.getByRole('button', { name: '全部标为已读' }).click();
    await operator.getByRole('button', { name: '通知', exact: true }).waitFor();
    await operator.context().close();
  });

  it('gives a feed for the calendar of a phone, and takes it back', async () => {
    await teacher.goto('/mine');
    await teacher.getByRole('button', { name: '生成订阅地址' }).click();
    const address = (await teacher.locator('code').textContent()) ?? '';
    expect(address).toMatch(/\/calendar\/[\w-]{43}\.ics$/);
    const path = new URL(address).pathname;
    const calendar = await teacher.context().request.get(path);
    expect(calendar.headers()['content-type']).toBe('text/calendar; charset=utf-8');
    expect(await calendar.text()).toContain('SUMMARY:同步数学');
    await expectAccessible(teacher, 'the calendar feed');
    await photograph(teacher, 'timetable-feed');
    await photograph(teacher, 'timetable-feed-phone', phone);
    await teacher.getByRole('button', { name: '停用' }).click();
    await teacher.getByRole('dialog').getByRole('button', { name: '停用' }).click();
    await teacher.getByText('已停用日历订阅').waitFor();
    expect((await teacher.context().request.get(path)).status()).toBe(404);
  });

  it('says on the screen of a room what does not take place today', async () => {
    const { alliance } = scene;
    const client = await alliance.clientOf('teacher');
    // Now, so that it is of today, whatever the hour is.
    const now = new Date();
    const times = { scheduledStart: now.toISOString(), scheduledEnd: new Date(now.getTime() + 60_000).toISOString() };
    const wish = { title: '今天的课', allianceId: alliance.id, roomIds: [rooms[1]], allowClash: true, ...times };
    const { id } = await client.send('POST', '/class-sessions', wish, withId);
    await client.send('POST', `/class-sessions/${id}/cancellation`, { reason: '停电' }, withId);
    const enrolment = z.object({ enrolmentPath: z.string() });
    const { enrolmentPath } = await alliance.admin.send(
      'POST',
      `/rooms/${rooms[1]}/devices`,
      { name: '一体机' },
      enrolment,
    );
    const screen = await visit(scene.browser, scene.product.address, bigScreen);
    await screen.goto(enrolmentPath);
    await screen.getByText(/“今天的课”已取消：停电/).waitFor();
    await photograph(screen, 'timetable-screen', bigScreen);
    await screen.context().close();
  });
});
