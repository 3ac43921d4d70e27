import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const folder = process.env.TONGKE_SCREENSHOTS;

/** Keeps a picture of the page in the folder TONGKE_SCREENSHOTS; without that setting it does nothing. */
export async function photograph(page: Page, name: string, viewport = page.viewportSize()): Promise<void> {
  if (!folder) return;
  const before = page.viewportSize();
  await mkdir(folder, { recursive: true });
  if (viewport) await page.setViewportSize(viewport);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  if (before) await page.setViewportSize(before);
}
