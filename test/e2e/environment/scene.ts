import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { makeRunFolder, removeRunFolder } from '../../environment/folder.ts';
import { type Alliance, foundAlliance, type Person } from './alliance.ts';
import { type desktop, openChromium, signInAs, visit } from './chromium.ts';
import { type LaunchOptions, type Product, startProduct } from './product.ts';

/** A running product with its alliance, a browser, and a folder for the files that a test makes. */
export interface Scene {
  product: Product;
  alliance: Alliance;
  browser: Browser;
  /** For files of the test itself. */
  folder: string;
  /** A window in which the person is signed in. */
  open(
    person: Person | 'admin',
    options?: { browser?: Browser; address?: string; viewport?: typeof desktop },
  ): Promise<Page>;
  close(): Promise<void>;
}

export async function openScene(options: LaunchOptions = {}): Promise<Scene> {
  const dataDir = await makeRunFolder();
  const [product, browser] = await Promise.all([startProduct(dataDir, options), openChromium()]);
  const alliance = await foundAlliance(product);
  const folder = join(dataDir, 'made-by-the-test');
  await mkdir(folder);
  return {
    product,
    alliance,
    browser,
    folder,
    async open(person, options = {}) {
      const page = await visit(options.browser ?? browser, options.address ?? product.address, options.viewport);
      await signInAs(page.context(), person, alliance.passwords[person]);
      return page;
    },
    async close() {
      await browser.close();
      const { code } = await product.stop();
      await removeRunFolder(dataDir);
      if (code !== 0) throw new Error(`The server ended with ${code}.\n${product.output()}`);
    },
  };
}
