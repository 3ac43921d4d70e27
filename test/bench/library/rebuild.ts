import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Stage, say, signIn } from '../product.ts';
import type { Row } from '../report.ts';
import { percentile } from '../statistics.ts';
import { reindex } from './fill.ts';

const pauseMs = 20;
const words = ['分数', '面积', '草船借箭', 'fenshu', '教学设计', '光的反射'];

const answered = z.object({ total: z.number().positive(), degraded: z.literal(false) });

/** Somebody who searches all the time. An answer of the database, or one that found nothing, is a failed search too. */
function searchOnAndOn(address: string, cookie: string) {
  const took: number[] = [];
  const failures: string[] = [];
  let over = false;
  const searching = (async () => {
    for (let turn = 0; !over; turn += 1) {
      const query = new URLSearchParams({ q: words[turn % words.length] ?? '', facets: 'kind,subject,grade' });
      const started = performance.now();
      try {
        const answer = await fetch(`${address}/api/resources?${query}`, { headers: { cookie } });
        answered.parse(await answer.json());
        took.push(performance.now() - started);
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      await sleep(pauseMs);
    }
  })();
  return {
    async end() {
      over = true;
      await searching;
      return { took, failures };
    },
  };
}

/** The whole index anew, as `npm run reindex` builds it, while somebody goes on searching. */
export async function measureRebuild(stage: Stage): Promise<Row[]> {
  say('  rebuilding the index');
  const { address, dataDir } = stage.product;
  const somebody = searchOnAndOn(address, await signIn(stage, 'member'));
  const started = performance.now();
  let minutes = 0;
  try {
    await reindex(dataDir);
    minutes = (performance.now() - started) / 60_000;
  } finally {
    await somebody.end();
  }
  const { took, failures } = await somebody.end();
  for (const failure of new Set(failures)) say(`    failed: ${failure}`);
  const shared = { peer: null, ratio: null } as const;
  return [
    { bench: 'reindex', ours: minutes, ...shared, unit: 'min', goal: { of: 'ours', is: '<', value: 3 } },
    {
      bench: `  searches that failed, of ${took.length + failures.length}`,
      ours: failures.length,
      ...shared,
      unit: '',
      goal: { of: 'ours', is: '<=', value: 0 },
    },
    { bench: '  search p99 meanwhile', ours: percentile(took, 0.99), ...shared, unit: 'ms', goal: null },
  ];
}
