import { sql } from 'kysely';
import { type Asker, createAsker, type Question } from '../asker.ts';
import { type Stage, say, signIn } from '../product.ts';
import type { Row } from '../report.ts';
import { crowd, together } from '../search.ts';
import { median, percentile } from '../statistics.ts';
import { openProductDatabase } from './fill.ts';

const times = 400;
const warmUp = 40;

/** Published and seen by everybody, from all over the library. */
async function someResources(dataDir: string, count: number): Promise<string[]> {
  const database = await openProductDatabase(dataDir);
  try {
    const { rows } = await sql<{ id: string }>`
      select id from resource where status = 'published' and visibility = 'public' and deleted_at is null
      order by md5(id::text) limit ${count}`.execute(database.db);
    return rows.map(({ id }) => id);
  } finally {
    await database.close();
  }
}

async function oneByOne(asker: Asker, questions: readonly Question[]): Promise<number[]> {
  const took: number[] = [];
  for (const question of questions) took.push(await asker.ask(question));
  return took;
}

/** What the pages behind the library ask: one's own list, and a resource with its files, which counts the view. */
export async function measurePages(stage: Stage): Promise<Row[]> {
  say('  own list and resource page');
  const { address, dataDir } = stage.product;
  const cookie = await signIn(stage, 'member');
  const asker = createAsker(address, { 'accept-encoding': 'gzip', cookie }, crowd);
  const get = (path: string): Question => ({ method: 'GET', path });
  const list = Array.from({ length: times }, () => get('/api/me/resources?status=published&limit=30'));
  const ids = await someResources(dataDir, times);
  const pages = ids.map((id) => get(`/api/resources/${id}`));
  const shared = { peer: null, ratio: null, unit: 'ms' } as const;
  const rows: Row[] = [];
  try {
    for (const [name, questions] of [
      ['own list', list],
      ['resource page', pages],
    ] as const) {
      await oneByOne(asker, questions.slice(0, warmUp));
      const took = await oneByOne(asker, questions);
      const many = await together(asker, questions, 1);
      rows.push(
        { bench: `${name} p50`, ours: median(took), ...shared, goal: null },
        {
          bench: `${name} p99`,
          ours: percentile(took, 0.99),
          ...shared,
          goal: { of: 'ours', is: '<', value: 30 },
        },
        { bench: `${name} p99, ${crowd} clients`, ours: percentile(many, 0.99), ...shared, goal: null },
      );
    }
  } finally {
    asker.close();
  }
  return rows;
}
