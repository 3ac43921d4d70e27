import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { visit } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
}, 120_000);

afterAll(() => scene?.close());

interface Question {
  address: string;
  /** Whether the page's own script was there when it was asked. */
  early: boolean;
  status: number | undefined;
}

/** Opens the address and waits until nothing is asked any more. @returns who is here and what is found, as they were asked for */
async function questionsAt(page: Page, address: string): Promise<Question[]> {
  const questions: Promise<Question>[] = [];
  let loaded = false;
  page.on('requestfinished', (request) => {
    if (/\/assets\/first-.*\.js$/.test(request.url())) loaded = true;
  });
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (!['/api/me', '/api/resources'].includes(pathname)) return;
    const early = !loaded;
    const status = request.response().then((response) => response?.status());
    questions.push(status.then((code) => ({ address: pathname + search, early, status: code })));
  });
  // The page's script is late, as on a thin line.
  await page.route('**/assets/first-*.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
  await page.goto(address);
  // A busy machine may be idle on the line before the page asks for anything itself.
  await page.waitForFunction(() => globalThis.earlyAnswers?.size === 0);
  await page.waitForLoadState('networkidle');
  return Promise.all(questions);
}

const results = (questions: Question[]) => questions.filter((one) => one.address.startsWith('/api/resources'));

describe('before its script is there, the page asks', () => {
  it.each([
    '/',
    '/?q=%E5%88%86%E6%95%B0+%E8%AF%BE%E4%BB%B6&kind=courseware,exercise&grade=g3&sort=newest',
    '/?q=a%26b&plain=subject,grade&subject=math',
    '/?node=019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21',
  ])('once who is here, and once what the address searches for: %s', async (address) => {
    const page = await scene.open('member');
    const questions = await questionsAt(page, address);
    expect(questions).toEqual([
      { address: '/api/me', early: true, status: 200 },
      { address: expect.stringContaining('/api/resources?'), early: true, status: 200 },
    ]);
    await page.locator('section[aria-busy=false]').waitFor();
    await page.context().close();
  });

  it('and throws away what the page does not ask for', async () => {
    const page = await scene.open('member');
    const [early, own, ...more] = results(await questionsAt(page, '/?sort=popular&from=a-mail'));
    expect(early).toMatchObject({ early: true, address: expect.stringContaining('from=a-mail') });
    expect(own).toMatchObject({ early: false, status: 200, address: expect.not.stringContaining('from=a-mail') });
    expect(more).toEqual([]);
    expect(await page.evaluate(() => globalThis.earlyAnswers?.size)).toBe(0);
    await page.context().close();
  });

  it('nothing about the library on another page', async () => {
    const page = await scene.open('member');
    expect(results(await questionsAt(page, '/mine'))).toEqual([]);
    await page.context().close();
  });

  it('only who is here where nobody has signed in, and asks anew once somebody has', async () => {
    const page = await visit(scene.browser, scene.product.address);
    const questions = await questionsAt(page, '/');
    await page.waitForURL('**/sign-in');
    expect(questions).toEqual([{ address: '/api/me', early: true, status: 401 }]);
    expect(await page.evaluate(() => globalThis.earlyAnswers?.size)).toBe(0);

    const asked = page.waitForResponse((response) => response.url().includes('/api/resources?'));
    await page.getByLabel('账号').fill('member');
    await page.getByLabel('密码', { exact: true }).fill(scene.alliance.passwords.member);
    await page.getByRole('button', { name: '登录' }).click();
    expect((await asked).status()).toBe(200);
    await page.context().close();
  });

  it('only who is here on the page where one signs in', async () => {
    const page = await visit(scene.browser, scene.product.address);
    expect(await questionsAt(page, '/sign-in')).toEqual([{ address: '/api/me', early: true, status: 401 }]);
    await page.context().close();
  });
});

describe('a page whose script is long in coming', () => {
  const loading = (page: Page) => page.getByRole('status', { name: '正在加载' });
  /** @returns lets it come */
  async function holdBack(page: Page): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route('**/assets/Mine-*.js', async (route) => {
      await promise;
      await route.continue();
    });
    return resolve;
  }

  it('is shown in outline where nothing is open yet', async () => {
    const page = await scene.open('member');
    const letCome = await holdBack(page);
    await page.goto('/mine', { waitUntil: 'commit' });
    await loading(page).locator('.skeleton').first().waitFor();
    await expectAccessible(page, 'a page in outline');
    await photograph(page, 'opening');
    letCome();
    await page.getByRole('heading', { level: 1, name: '我的' }).waitFor();
    expect(await loading(page).count()).toBe(0);
    await page.context().close();
  });

  it('is announced on the page that is left for it', async () => {
    const page = await scene.open('member');
    const letCome = await holdBack(page);
    await page.goto('/');
    await page.getByRole('link', { name: '我的' }).click();
    await loading(page).locator('.line').waitFor();
    await page.getByRole('textbox', { name: '搜索资源' }).waitFor();
    await photograph(page, 'opening-next');
    letCome();
    await page.getByRole('heading', { level: 1, name: '我的' }).waitFor();
    expect(await loading(page).count()).toBe(0);
    await page.context().close();
  });
});
