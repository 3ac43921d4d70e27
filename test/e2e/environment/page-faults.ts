import type { BrowserContext } from 'playwright-core';

const faults: Error[] = [];

/** What a mistake in our own code throws. What could not be done (a refusal, no network) has a name of ours. */
const mistake = /^(Type|Reference|Range|Syntax)Error\b/;

/**
 * What a page throws and nobody catches, or reports by itself, is a fault of ours; so is a mistake that Vue has caught, which it
 * writes to the console.
 */
export function listenForFaults(context: BrowserContext): void {
  context.on('weberror', (fault) => faults.push(new Error(`in ${fault.page()?.url()}`, { cause: fault.error() })));
  context.on('console', (line) => {
    if (line.type() !== 'error' || !mistake.test(line.text())) return;
    faults.push(new Error(`in ${line.page()?.url()}`, { cause: line.text() }));
  });
}

/** Those since the last call. */
export function takeFaults(): Error[] {
  return faults.splice(0);
}
