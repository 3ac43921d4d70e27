import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { bigScreen, openChromium, visit } from '../e2e/environment/chromium.ts';
import { beginLesson, browserCookies } from './live-lesson.ts';
import { type Stage, withProduct } from './product.ts';
import type { Row } from './report.ts';
import { median, percentile } from './statistics.ts';

const joins = 20;
const restMs = 1_000;

declare global {
  interface Window {
    /** Milliseconds of the page's clock, once the presenter's picture has been drawn for the first time. */
    firstFrameAt?: number;
  }
}

/** Before the page's own scripts: notes when the first frame of the lesson is on screen. */
function watchFirstFrame(): void {
  document.addEventListener(
    'loadedmetadata',
    ({ target }) => {
      // The room's own camera, which it checks before the lesson, is outside of it.
      if (!(target instanceof HTMLVideoElement) || !target.closest('[data-lesson]')) return;
      target.requestVideoFrameCallback((now) => {
        window.firstFrameAt ??= now;
      });
    },
    true,
  );
}

/** Opens the room's page. @returns milliseconds from its asking to join until the first frame */
async function joinOnce(page: Page): Promise<number> {
  await page.goto('/room');
  await page.waitForFunction(() => window.firstFrameAt !== undefined, undefined, { polling: 50, timeout: 30_000 });
  return page.evaluate(() => {
    const asked = performance.getEntriesByType('resource').findLast(({ name }) => name.endsWith('/join'));
    if (!asked || window.firstFrameAt === undefined) throw new Error('The room did not ask to join.');
    return window.firstFrameAt - asked.startTime;
  });
}

async function measure(stage: Stage): Promise<Row[]> {
  const { address } = stage.product;
  const lesson = await beginLesson(stage, 1);
  const browser = await openChromium();
  try {
    const studio = await visit(browser, address);
    await studio.context().addCookies(browserCookies(address, lesson.presenter));
    await studio.goto(`/studio/${lesson.id}`);
    const room = await visit(browser, address, bigScreen);
    await room.context().addCookies(browserCookies(address, lesson.devices[0] ?? ''));
    await room.addInitScript(watchFirstFrame);
    const took: number[] = [];
    for (let join = 0; join <= joins; join += 1) {
      const ms = await joinOnce(room);
      // The first one fills the browser's caches, and meets a presenter who is just starting.
      if (join > 0) took.push(ms / 1000);
      await room.goto('about:blank');
      await sleep(restMs);
    }
    const shared = { peer: null, ratio: null, unit: 's' } as const;
    return [
      { bench: 'join to first frame, p50', ours: median(took), ...shared, goal: null },
      {
        bench: 'join to first frame, p95',
        ours: percentile(took, 0.95),
        ...shared,
        goal: { of: 'ours', is: '<', value: 0.6 },
      },
    ];
  } finally {
    await browser.close();
  }
}

/** The real pages of presenter and room in one Chromium: from the room's request to join until it has drawn a frame. */
export function join(): Promise<Row[]> {
  return withProduct(measure);
}
