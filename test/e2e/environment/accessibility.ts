import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

const serious = ['serious', 'critical'];

/** Fails when axe finds what keeps people from using the page; each fault with the elements that have it. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // Given by the debugger's protocol, the script is no part of the page, whose security policy would refuse it.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    // A colour half-way through a transition is nobody's choice; what never ends, as a spinner, is looked at as it is.
    const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    const settled = Promise.allSettled(passing.map((one) => one.finished));
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 2_000))]);
    if (!window.axe) throw new Error('axe is not there.');
    const { violations: found } = await window.axe.run(document, { resultTypes: ['violations'] });
    return found.map(({ id, impact, help, nodes }) => ({
      id,
      impact: impact ?? '',
      help,
      nodes: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html.slice(0, 200)} — ${failureSummary}`),
    }));
  });
  expect(
    violations.filter(({ impact }) => serious.includes(impact)),
    `serious faults of the page ${name}`,
  ).toEqual([]);
}

/** Nothing of the page lies beside it on the narrowest phone (WCAG 1.4.10). */
export async function expectFitsPhone(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (before) await page.setViewportSize(before);
  expect(width, `width of ${name} on a phone of 320`).toBeLessThanOrEqual(320);
}
