import type { BrowserContext } from 'playwright-core';
import { afterEach } from 'vitest';

const faults: Error[] = [];

/** What a page throws and nobody catches, or reports by itself, is a fault of ours. */
export function listenForFaults(context: BrowserContext): void {
  context.on('weberror', (fault) => faults.push(new Error(`in ${fault.page()?.url()}`, { cause: fault.error() })));
}

afterEach(() => {
  const seen = faults.splice(0);
  if (seen.length > 0)
    throw new AggregateError(seen, `a page has failed: ${seen.map(({ cause }) => String(cause)).join(', ')}`);
});
