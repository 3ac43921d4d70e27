import { afterEach } from 'vitest';
import { takeFaults } from './page-faults.ts';

// Run before each file of end-to-end tests. Not where pages are opened: benches open the same ones without vitest.
afterEach(() => {
  const seen = takeFaults();
  if (seen.length > 0)
    throw new AggregateError(seen, `a page has failed: ${seen.map(({ cause }) => String(cause)).join(', ')}`);
});
