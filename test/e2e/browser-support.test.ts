import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { bigScreen, phone, visit } from './environment/chromium.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const words = 'Chrome、Edge 105 或更新的版本';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.close());

describe('a browser in which nobody can be taught', () => {
  // Which one it would be is not even asked for.
  const sessionId = randomUUID();
  /** As a policy leaves a browser that forbids calls. */
  const withoutCalls = async (page: Page) => {
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'RTCPeerConnection'));
    return page;
  };

  it('is told to the teacher in the studio and to who observes, and leads back to the timetable', async () => {
    const teacher = await withoutCalls(await scene.open('teacher'));
    await teacher.goto(`/studio/${sessionId}`);
    await teacher.getByRole('heading', { level: 1, name: '这个浏览器不能上课' }).waitFor();
    await teacher.getByText(words).waitFor();
    await expectAccessible(teacher, 'a browser without calls');
    await photograph(teacher, 'browser-without-calls');
    await photograph(teacher, 'browser-without-calls-phone', phone);
    await teacher.goto(`/observe/${sessionId}`);
    await teacher.getByText(words).waitFor();
    await teacher.getByRole('link', { name: '回到课程表' }).click();
    await teacher.waitForURL('**/timetable');
    await teacher.context().close();
  });

  it('is told on the big screen of a room', async () => {
    const room = await withoutCalls(await visit(scene.browser, scene.product.address, bigScreen));
    await room.goto('/room');
    await room.getByText(words).waitFor();
    expect(await room.getByText('登记').count()).toBe(0);
    await room.context().close();
  });
});

it('is asked on the big screen for nothing that the policy of the page forbids', async () => {
  const room = await visit(scene.browser, scene.product.address, bigScreen);
  const refused: string[] = [];
  await room.exposeFunction('refused', (what: string) => refused.push(what));
  await room.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      (globalThis as unknown as { refused(what: string): void }).refused(`${violatedDirective} ${blockedURI}`);
    }),
  );
  await room.goto('/room');
  await room.getByText('接入码').waitFor();
  expect(refused).toEqual([]);
  await room.context().close();
});
