import { readConnections } from '../../server/connections.ts';
import { type Asker, createAsker, type Question } from './asker.ts';
import { fillLibrary } from './library/fill.ts';
import { say, signIn, withProduct } from './product.ts';
import type { Row } from './report.ts';
import { questionsOf, type Twice } from './search-questions.ts';
import { median, type Pair, percentile, summarise } from './statistics.ts';

const documents = 10_000;
const rounds = 7;
/** How often each question is put in a round. */
const repeats = 3;
export const crowd = 16;

/** One client: each question to both sides in turn, so that whatever disturbs one disturbs the other. */
async function alone(ours: Asker, peer: Asker, asked: readonly Twice[]) {
  const took = { ours: [] as number[], peer: [] as number[] };
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const [index, question] of asked.entries()) {
      const order = (index + repeat) % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
      for (const side of order) took[side].push(await (side === 'ours' ? ours : peer).ask(question[side]));
    }
  }
  return took;
}

/** Many clients at once, each with its next question as soon as it has the answer. @returns what each answer took */
export async function together(asker: Asker, asked: readonly Question[], times = repeats): Promise<number[]> {
  const waiting = Array.from({ length: times }, () => asked).flat();
  const took: number[] = [];
  const client = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) took.push(await asker.ask(next));
  };
  await Promise.all(Array.from({ length: crowd }, client));
  return took;
}

export interface Compared {
  p50: Pair[];
  p99: Pair[];
  /** As browsers ask: compressed. */
  browser: Pair[];
  crowd: Pair[];
  crowdP99: Pair[];
}

/** Both sides in turn, from a product whose library is filled. */
export async function compare(address: string, dataDir: string, cookie: string): Promise<Compared> {
  const connections = await readConnections(dataDir);
  if (!connections) throw new Error('The server has left no connections.json.');
  const { url, key } = connections.meilisearch;
  const asked = await questionsOf(address, dataDir, cookie);
  const plain = { 'accept-encoding': 'identity' };
  const ours = createAsker(address, { ...plain, cookie }, crowd);
  const browser = createAsker(address, { 'accept-encoding': 'gzip', cookie }, crowd);
  // Meilisearch is always asked for plain answers: compressing one takes it fifty times as long.
  const asMaster = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const peer = createAsker(url, { ...plain, ...asMaster }, crowd);

  const pairs: Compared = { p50: [], p99: [], browser: [], crowd: [], crowdP99: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const plainly = await alone(ours, peer, asked);
    const zipped = await alone(browser, peer, asked);
    const ourCrowd = await together(
      ours,
      asked.map((one) => one.ours),
    );
    const theirCrowd = await together(
      peer,
      asked.map((one) => one.peer),
    );
    // The first round warms both sides.
    if (round === 0) continue;
    pairs.p50.push({ ours: median(plainly.ours), peer: median(plainly.peer) });
    pairs.p99.push({ ours: percentile(plainly.ours, 0.99), peer: percentile(plainly.peer, 0.99) });
    pairs.browser.push({ ours: median(zipped.ours), peer: median(zipped.peer) });
    pairs.crowd.push({ ours: median(ourCrowd), peer: median(theirCrowd) });
    pairs.crowdP99.push({ ours: percentile(ourCrowd, 0.99), peer: percentile(theirCrowd, 0.99) });
  }
  for (const asker of [ours, browser, peer]) asker.close();
  return pairs;
}

/** Our API, signed in, against Meilisearch asked straight: same questions, filters, facets and highlights. */
export function search(): Promise<Row[]> {
  return withProduct(async (stage) => {
    const { address, dataDir } = stage.product;
    say(`  filling the library with ${documents} resources`);
    await fillLibrary(stage, documents);
    const pairs = await compare(address, dataDir, await signIn(stage, 'member'));
    const goal = { of: 'ratio', is: '<=', value: 1.3 } as const;
    return [
      { bench: 'search p50', ...summarise(pairs.p50), unit: 'ms', goal },
      { bench: 'search p99', ...summarise(pairs.p99), unit: 'ms', goal: null },
      { bench: 'search p50, gzip as browsers ask', ...summarise(pairs.browser), unit: 'ms', goal: null },
      { bench: `search p50, ${crowd} clients`, ...summarise(pairs.crowd), unit: 'ms', goal: null },
    ];
  });
}
