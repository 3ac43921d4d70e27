import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readConnections } from '../../../server/connections.ts';
import { say, signIn, withProduct } from '../product.ts';
import { askDefaults } from './defaults.ts';
import { fill, uuidOf } from './fill.ts';
import { depth } from './metrics.ts';
import { type Answered, meanNdcg, tableOf, worstOf } from './results.ts';
import { type RelevanceSet, readSet } from './set.ts';

const usage = `npm run bench:relevance [-- [--worst N] [--assert] [--json]]
  --worst N  also the N queries that ours answers worst, with their answers
  --assert   exit code 1 unless ours reaches 0.9 and is ahead of the defaults
  --json     a line of JSON for each query in place of the table
`;
const goal = 0.9;

const answerSchema = z.object({ items: z.array(z.object({ id: z.string() })), degraded: z.literal(false) });

/** Through the product's own HTTP interface, as the library's page asks. */
function askOurs(address: string, cookie: string, idOf: ReadonlyMap<string, string>) {
  return async (text: string): Promise<string[]> => {
    const asked = new URLSearchParams({ q: text, limit: String(depth) });
    const answer = await fetch(`${address}/api/resources?${asked}`, { headers: { cookie } });
    if (!answer.ok) throw new Error(`${text}: ${answer.status} ${await answer.text()}`);
    const { items } = answerSchema.parse(await answer.json());
    return items.map(({ id }) => idOf.get(id) ?? id);
  };
}

function measure({ resources, queries }: RelevanceSet): Promise<Answered[]> {
  return withProduct(async (stage) => {
    const { address, dataDir } = stage.product;
    say(`${resources.length} resources …`);
    await fill(stage, resources);
    const connections = await readConnections(dataDir);
    if (!connections) throw new Error('The server has left no connections.json.');
    const defaults = await askDefaults(connections.meilisearch, resources);
    const idOf = new Map(resources.map(({ id }) => [uuidOf(id), id]));
    const ours = askOurs(address, await signIn(stage, 'teacher'), idOf);
    say(`${queries.length} queries …`);
    const answered: Answered[] = [];
    for (const query of queries) {
      answered.push({ query, ours: await ours(query.text), defaults: await defaults(query.text) });
    }
    return answered;
  });
}

function readOptions() {
  const options = { worst: { type: 'string' }, assert: { type: 'boolean' }, json: { type: 'boolean' } } as const;
  try {
    const { values } = parseArgs({ options });
    return {
      ...values,
      worst: z.coerce
        .number()
        .int()
        .min(0)
        .parse(values.worst ?? 0),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return undefined;
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) {
    process.exitCode = 2;
    return;
  }
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const set = readSet();
  const answered = await measure(set);
  if (options.json) {
    for (const { query, ours, defaults } of answered) {
      const { id, category, text } = query;
      print(JSON.stringify({ id, category, text, ours, defaults }));
    }
  } else for (const line of tableOf(answered)) print(line);
  const byId = new Map(set.resources.map((resource) => [resource.id, resource]));
  for (const line of worstOf(answered, options.worst, byId)) print(line);
  const [ours, defaults] = [meanNdcg(answered, 'ours'), meanNdcg(answered, 'defaults')];
  if (options.assert && !(ours >= goal && ours > defaults)) {
    say(
      `nDCG@10 is ${ours.toFixed(3)}, the defaults reach ${defaults.toFixed(3)}: at least ${goal} and more than they do was wanted.`,
    );
    process.exitCode = 1;
  }
}

await main();
