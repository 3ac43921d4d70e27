import type { BrowserContext } from 'playwright-core';

const faults: Error[] = [];

/** What a page throws and nobody catches, or reports by itself, is a fault of ours. */
export function listenForFaults(context: BrowserContext): void {
  context.on('weberror', (fault) => faults.push(new Error(`in ${fault.page()?.url()}`, { cause: fault.error() })));
}

/** Those since the last call. */
export function takeFaults(): Error[] {
  return faults.splice(0);
}
