import { fillLibrary } from './library/fill.ts';
import { measurePages } from './library/pages.ts';
import { measurePublication } from './library/publication.ts';
import { measureRebuild } from './library/rebuild.ts';
import { measureThinLine } from './library/thin-line.ts';
import { type Stage, say, signIn, withProduct } from './product.ts';
import type { Row } from './report.ts';
import { compare, crowd } from './search.ts';
import { summarise } from './statistics.ts';

const documents = 100_000;

async function measureSearch(stage: Stage): Promise<Row[]> {
  say('  search');
  const { address, dataDir } = stage.product;
  const pairs = await compare(address, dataDir, await signIn(stage, 'member'));
  return [
    {
      bench: 'search p50',
      ...summarise(pairs.p50),
      unit: 'ms',
      goal: { of: 'ratio', is: '<=', value: 1.3 },
    },
    { bench: 'search p99', ...summarise(pairs.p99), unit: 'ms', goal: null },
    { bench: 'search p50, gzip as browsers ask', ...summarise(pairs.browser), unit: 'ms', goal: null },
    { bench: `search p50, ${crowd} clients`, ...summarise(pairs.crowd), unit: 'ms', goal: null },
    {
      bench: `search p99, ${crowd} clients`,
      ...summarise(pairs.crowdP99),
      unit: 'ms',
      goal: { of: 'ours', is: '<', value: 60 },
    },
  ];
}

/** What people meet in a library of 100,000 resources, one after the other on the same product. */
export function library(): Promise<Row[]> {
  return withProduct(async (stage) => {
    say(`  filling the library with ${documents} resources`);
    await fillLibrary(stage, documents);
    const rows: Row[] = [];
    for (const measure of [measureSearch, measurePages, measurePublication, measureThinLine, measureRebuild]) {
      rows.push(...(await measure(stage)));
    }
    return rows;
  });
}
