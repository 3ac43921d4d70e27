import type { Locator, Page } from 'playwright-core';

/** Drops files of this machine on a part of the page, as a hand with a mouse does. */
export async function dropFiles(page: Page, target: Locator, files: readonly string[]): Promise<void> {
  const box = await target.boundingBox();
  if (!box) throw new Error('There is nothing to drop files on.');
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const debuggerOf = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const data = { items: [], files: [...files], dragOperationsMask: 1 };
    await debuggerOf.send('Input.dispatchDragEvent', { type, ...at, data });
  }
  await debuggerOf.detach();
}
