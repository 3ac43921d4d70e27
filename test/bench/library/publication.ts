import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Stage, say } from '../product.ts';
import type { Row } from '../report.ts';
import { median, percentile } from '../statistics.ts';

const publications = 25;
const askAgainMs = 10;
const foundWithinMs = 30_000;
const restMs = 200;

const made = z.object({ id: z.string() });
const found = z.object({ items: z.array(z.object({ id: z.string() })), degraded: z.boolean() });

/** From the request that publishes to the first answer of a search, by somebody of another school, that holds it. */
export async function measurePublication(stage: Stage): Promise<Row[]> {
  say('  publish and find');
  const [author, reader] = [await stage.alliance.clientOf('teacher'), await stage.alliance.clientOf('member')];
  const nodeId = await stage.alliance.place('小学', '语文', '统编版', '五年级', '下册', '第二单元', '草船借箭');
  const took: number[] = [];
  for (let number = 1; number <= publications; number += 1) {
    const title = `《草船借箭》公开课教学设计（第 ${number} 稿）`;
    const asked = { title, kind: 'lesson_plan', nodeId, licence: 'cc_by', visibility: 'alliance', publish: true };
    const started = performance.now();
    const { id } = await author.send('POST', '/resources', asked, made);
    for (;;) {
      const query = new URLSearchParams({ q: '草船借箭', sort: 'newest' });
      const answer = await reader.get(`/resources?${query}`, found);
      if (answer.degraded) throw new Error('The database answered in place of the index.');
      if (answer.items.some((item) => item.id === id)) break;
      if (performance.now() - started > foundWithinMs) throw new Error(`${title} is not found.`);
      await sleep(askAgainMs);
    }
    took.push((performance.now() - started) / 1000);
    await sleep(restMs);
  }
  const shared = { peer: null, ratio: null, unit: 's' } as const;
  return [
    { bench: 'publish to found, p50', ours: median(took), ...shared, goal: null },
    {
      bench: 'publish to found, p95',
      ours: percentile(took, 0.95),
      ...shared,
      goal: { of: 'ours', is: '<', value: 2 },
    },
  ];
}
