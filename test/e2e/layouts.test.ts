import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { desktop, phone, visit } from './environment/chromium.ts';
import { type Classroom, openClassroom } from './environment/classroom.ts';
import { photograph } from './environment/screenshots.ts';

/* What has to be seen at once, on the screens that are really there. */

let classroom: Classroom;
let studio: Page;

beforeAll(async () => {
  classroom = await openClassroom({ moreRooms: 7 });
  ({ studio } = classroom);
  await classroom.room.getByText('已经就位').waitFor();
  await studio.goto(`/studio/${classroom.sessionId}`);
  await studio.getByRole('button', { name: '开始上课' }).click();
}, 300_000);
afterAll(() => classroom?.close());

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (!box) throw new Error('It is not shown.');
  return { ...box, right: box.x + box.width, bottom: box.y + box.height };
}
async function expectInSight(locator: Locator, { width, height }: typeof desktop, what: string): Promise<void> {
  const { x, y, right, bottom } = await boxOf(locator);
  expect([x >= 0, y >= 0, right <= width, bottom <= height], what).toEqual([true, true, true, true]);
}

describe('the studio on a screen of 1366×768', () => {
  const tiles = () => studio.getByRole('region', { name: '教室' }).getByRole('article');

  async function expectAllInSight(what: string): Promise<void> {
    for (const tile of await tiles().all()) await expectInSight(tile, desktop, `${what}: a room`);
    await expectInSight(studio.locator('.queue'), desktop, `${what}: the hands`);
    await expectInSight(studio.getByRole('img', { name: '第 1 页' }), desktop, `${what}: the slide`);
    await expectInSight(studio.getByLabel('我', { exact: true }), desktop, `${what}: the own picture`);
    // Nothing is cut off by the wall itself either.
    const wall = studio.getByRole('region', { name: '教室' });
    expect(await wall.evaluate((place) => place.scrollHeight <= place.clientHeight), what).toBe(true);
    const slide = await boxOf(studio.getByRole('img', { name: '第 1 页' }));
    expect(slide.width, `${what}: the slide is the largest thing`).toBeGreaterThan(800);
  }

  it('shows eight rooms, the slides, the hands and the own picture at once', async () => {
    await studio.getByRole('img', { name: '第 1 页' }).waitFor();
    await tiles().getByText('人数未报').waitFor();
    await expect.poll(() => tiles().count()).toBe(8);
    await expectAllInSight('nobody on stage');
  });

  it('shows them also with a room on stage, a hand and a long message', async () => {
    await studio.getByRole('button', { name: '请上台' }).click();
    await studio.getByText('请回座').waitFor();
    const { code } = await classroom.room.evaluate(async (id) => {
      const options = { method: 'POST', headers: { 'tongke-as': 'device' } };
      return (await (await fetch(`/api/class-sessions/${id}/assistant-invitation`, options)).json()) as {
        code: string;
      };
    }, classroom.sessionId);
    const assistant = await visit(classroom.scene.browser, classroom.scene.product.address, phone);
    await assistant.goto(`/assist#${code}`);
    await assistant.setViewportSize({ width: 320, height: 640 });
    const heads = await boxOf(assistant.getByRole('textbox', { name: '人数' }));
    expect(heads.width, 'room for three digits on the narrowest phone').toBeGreaterThan(100);
    await photograph(assistant, 'assistant-narrow');
    await assistant.setViewportSize(phone);
    await assistant.getByRole('button', { name: '举手' }).click();
    const words = '老师，第三页的图看不清楚，能再讲一遍吗？'.repeat(5);
    await assistant.getByRole('textbox', { name: '写一句话' }).fill(words);
    await assistant.getByRole('button', { name: '发送' }).click();
    const messages = studio.getByRole('list', { name: '教室留言' });
    await messages.getByText('第三页').waitFor();
    await studio
      .locator('.queue')
      .getByRole('button', { name: /三\(1\)班/ })
      .waitFor();
    await expectAllInSight('on stage');
    expect((await boxOf(messages)).height, 'a message takes two lines until it is opened').toBeLessThan(64);
    await photograph(studio, 'studio-wall');
    await studio.getByRole('button', { name: '看全文' }).click();
    expect((await boxOf(messages)).height).toBeGreaterThan(64);
    await expectAccessible(studio, 'studio with eight rooms');
    await messages.getByRole('button', { name: /知道了/ }).click();
    await messages.waitFor({ state: 'hidden' });
    await assistant.context().close();
  });
});

describe('observing on a phone', () => {
  let observer: Page;
  const presenter = () => observer.locator('figure').filter({ hasText: '主讲教师' });
  const slide = () => observer.getByRole('img', { name: '第 1 页' });
  const notes = () => observer.getByRole('textbox', { name: /写下这一刻/ });
  const keep = () => observer.getByRole('button', { name: /^保存/ });

  beforeAll(async () => {
    observer = await classroom.scene.open('member', { viewport: phone });
    await observer.goto(`/observe/${classroom.sessionId}`);
    await slide().waitFor();
  });
  afterAll(() => observer?.context().close());

  async function expectPicture(locator: Locator, width: number, what: string): Promise<void> {
    const box = await boxOf(locator);
    expect(box.width, `width of ${what}`).toBeGreaterThanOrEqual(width);
    expect(box.width / box.height, `${what} is no strip`).toBeCloseTo(16 / 9, 1);
  }

  it('shows slides and presenter as pictures upright, and the notes below them', async () => {
    await expectPicture(slide(), 360, 'the slide');
    await expectPicture(presenter(), 170, 'the presenter');
    await expectInSight(keep(), phone, 'the notes');
    await photograph(observer, 'observe-phone-upright');
    await expectAccessible(observer, 'observing on a phone');
  });

  it('shows slides and presenter as pictures on its side, and the notes beside them', async () => {
    const sideways = { width: 844, height: 390 };
    await observer.setViewportSize(sideways);
    await expectPicture(slide(), 480, 'the slide');
    await expectPicture(presenter(), 120, 'the presenter');
    await expectInSight(keep(), sideways, 'the notes');
    await photograph(observer, 'observe-phone-sideways');
    await observer.setViewportSize(phone);
  });

  it('keeps the slide and the note that is written above the keyboard', async () => {
    const above = { width: phone.width, height: 460 };
    await observer.evaluate((height) => {
      Object.defineProperty(visualViewport, 'height', { configurable: true, value: height });
      visualViewport?.dispatchEvent(new Event('resize'));
    }, above.height);
    await notes().fill('导入：分月饼');
    for (const [what, part] of Object.entries({
      slide: slide(),
      presenter: presenter(),
      notes: notes(),
      keep: keep(),
    })) {
      await expectInSight(part, above, what);
    }
    await expectPicture(slide(), 200, 'the slide');
    await photograph(observer, 'observe-phone-keyboard');
    await notes().press('Enter');
    await observer.getByRole('listitem').getByText('分月饼').waitFor();
  });
});

it('says how old the picture of a room is whose line is gone, and then that the room was here', async () => {
  const tile = studio.getByRole('article', { name: '东河小学 三(1)班' });
  await tile.getByRole('button', { name: '请回座' }).click();
  await tile.getByRole('button', { name: '请上台' }).waitFor();
  await tile.locator('img').waitFor();
  await classroom.room.goto('about:blank');
  await tile.getByText(/\d 秒前的画面/).waitFor();
  await tile.getByText('正在恢复').waitFor();
  await photograph(studio, 'studio-line-gone');
  await expectAccessible(studio, 'studio with a room whose line is gone');
  // The node keeps its place for half a minute.
  await tile.getByText('断开了，会自动回来').waitFor();
});
