import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** When each address of a slide was first on the screen, by the machine's clock. */
    slidesSeen?: { address: string; at: number }[];
  }
}

/** Begins to write down when which slide is on this page's screen. */
export async function watchSlides(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: { address: string; at: number }[] = [];
    window.slidesSeen = seen;
    new MutationObserver(() => {
      const address = document.querySelector<HTMLImageElement>('.slide img')?.src;
      if (address && seen.at(-1)?.address !== address) seen.push({ address, at: Date.now() });
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['src'] });
  });
}

/** Waits for a page of the slides after a moment. @returns when it was there; both by the machine's clock */
export async function whenSlideSeen(page: Page, number: number, after: number): Promise<number> {
  const handle = await page.waitForFunction(
    (wanted) =>
      window.slidesSeen?.find(({ address, at }) => at >= wanted.after && address.includes(`/pages/${wanted.number}?`))
        ?.at,
    { number, after },
    { polling: 50 },
  );
  const at = await handle.jsonValue();
  if (at === undefined) throw new Error(`Page ${number} was not seen.`);
  return at;
}
