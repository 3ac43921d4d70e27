import { createAsker, type Question } from './asker.ts';
import { fillLibrary } from './library/fill.ts';
import { launchDirectus } from './peers/directus.ts';
import { type Stage, say, signIn, withProduct } from './product.ts';
import type { Row } from './report.ts';
import { crowd, together } from './search.ts';
import { words } from './search-questions.ts';
import { alternate, type Pair, percentile, summarise } from './statistics.ts';

const documents = 10_000;
const rounds = 5;

interface Took {
  perSecond: number;
  p99: number;
}

async function compareWithShelf(stage: Stage): Promise<Row[]> {
  say(`  filling the library with ${documents} resources`);
  const records = await fillLibrary(stage, documents, documents);
  const { address, dataDir } = stage.product;
  const directus = await launchDirectus(dataDir, records);
  const cookie = await signIn(stage, 'member');
  const ours = createAsker(address, { cookie, 'accept-encoding': 'gzip' }, crowd);
  const authorization = `Bearer ${directus.token}`;
  const peer = createAsker(directus.address, { authorization, 'accept-encoding': 'gzip' }, crowd);
  const get = (path: string): Question => ({ method: 'GET', path });
  // Both give twenty hits and how many there are; only ours counts facets too.
  const our = words.map((q) =>
    get(`/api/resources?${new URLSearchParams({ q, facets: 'kind,subject,edition,grade,volume' })}`),
  );
  const their = words.map((search) =>
    get(`/items/resources?${new URLSearchParams({ search, limit: '20', meta: 'filter_count' })}`),
  );
  async function ask(asker: typeof ours, questions: readonly Question[]): Promise<Took> {
    const started = performance.now();
    const took = await together(asker, questions);
    return { perSecond: took.length / ((performance.now() - started) / 1000), p99: percentile(took, 0.99) };
  }
  try {
    say('  asking both');
    const pairs = await alternate(rounds, { ours: () => ask(ours, our), peer: () => ask(peer, their) });
    const of = (key: keyof Took): Pair[] => pairs.map((pair) => ({ ours: pair.ours[key], peer: pair.peer[key] }));
    return [
      {
        bench: `searches, ${crowd} clients, Directus`,
        ...summarise(of('perSecond')),
        unit: '1/s',
        goal: { of: 'ratio', is: '>=', value: 3 },
      },
      { bench: '  p99', ...summarise(of('p99')), unit: 'ms', goal: null },
    ];
  } finally {
    ours.close();
    peer.close();
    await directus.stop();
  }
}

/** Beside what a school would take from the shelf: the same records, the same words, each by its own search. */
export const shelf = (): Promise<Row[]> => withProduct(compareWithShelf);
