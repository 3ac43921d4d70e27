import type { Page } from 'playwright-core';
import { openChromium, visit } from '../../e2e/environment/chromium.ts';
import { browserCookies } from '../live-lesson.ts';
import { type Stage, say, signIn } from '../product.ts';
import type { Row } from '../report.ts';
import { median } from '../statistics.ts';

const visits = 5;
const line = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
/** As an input method hands them over: in one piece. */
const words = ['分数', '草船借箭', 'mianji', '平行四边形', '光的反射', '期末测试卷', 'fenshu', '声音'];

declare global {
  interface Window {
    /** Milliseconds of the page's clock. */
    firstResultsAt?: number;
    typedAt?: number;
    settledAt?: number;
  }
}

/** Before the page's own scripts: notes when results stand there, and when those of newer words have taken their place. */
function watchResults(): void {
  const look = () => {
    const results = document.querySelector('section[aria-busy]');
    if (!results?.querySelector('ol > li')) return;
    window.firstResultsAt ??= performance.now();
    if (results.getAttribute('aria-busy') === 'true') window.settledAt = Number.NaN;
    else if (Number.isNaN(window.settledAt)) window.settledAt = performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  document.addEventListener(
    'input',
    () => {
      window.typedAt = performance.now();
      delete window.settledAt;
    },
    true,
  );
}

/** @returns milliseconds from the last letter to the results of these words */
async function searchFor(page: Page, word: string): Promise<number> {
  const box = page.locator('form[role=search] input');
  // Emptying an empty box asks nothing.
  if ((await box.inputValue()) !== '') {
    await box.fill('');
    await page.waitForFunction(() => (window.settledAt ?? Number.NaN) > 0, undefined, { polling: 50 });
  }
  await box.fill(word);
  await page.waitForFunction(() => (window.settledAt ?? Number.NaN) > 0, undefined, { polling: 50 });
  return page.evaluate(() => (window.settledAt ?? Number.NaN) - (window.typedAt ?? Number.NaN));
}

/** The library page in Chromium with a cold cache, at 400 kbit/s and 400 ms; the line is Chromium's own emulation. */
export async function measureThinLine(stage: Stage): Promise<Row[]> {
  say('  library page on a thin line');
  const { address } = stage.product;
  const cookie = await signIn(stage, 'member');
  const browser = await openChromium();
  const [first, bytes, searches]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let turn = 0; turn < visits; turn += 1) {
      const page = await visit(browser, address);
      await page.context().addCookies(browserCookies(address, cookie));
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Network.enable');
      await devtools.send('Network.emulateNetworkConditions', line);
      let received = 0;
      devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
        received += encodedDataLength;
      });
      await page.addInitScript(watchResults);
      await page.goto('/', { waitUntil: 'commit' });
      await page.waitForFunction(() => window.firstResultsAt !== undefined, undefined, { polling: 50 });
      first.push((await page.evaluate(() => window.firstResultsAt ?? Number.NaN)) / 1000);
      bytes.push(received / 1024);
      // What the page prefetches when it has nothing else to do is let through first.
      await page.waitForLoadState('networkidle');
      for (const word of words) searches.push((await searchFor(page, word)) / 1000);
      await page.context().close();
    }
  } finally {
    await browser.close();
  }
  const shared = { peer: null, ratio: null } as const;
  return [
    {
      bench: '400 kbit/s, 400 ms: first results',
      ours: median(first),
      ...shared,
      unit: 's',
      goal: { of: 'ours', is: '<', value: 3 },
    },
    { bench: '  received until then', ours: median(bytes), ...shared, unit: 'KiB', goal: null },
    {
      bench: '  then a search, p50',
      ours: median(searches),
      ...shared,
      unit: 's',
      goal: null,
    },
    {
      bench: '  then a search, slowest',
      ours: Math.max(...searches),
      ...shared,
      unit: 's',
      goal: { of: 'ours', is: '<', value: 1 },
    },
  ];
}
