import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { peakMiB, residentMiB } from './process-usage.ts';
import { signIn, withProduct } from './product.ts';
import type { Row } from './report.ts';
import { download, MiB, makeFile, settled, upload } from './transfer.ts';

const bytes = 256 * MiB;
const pairs = 4;
const restMs = 3_000;

/** Memory of the server process while 2 GB go up and down, two files at a time. */
export function memory(): Promise<Row[]> {
  return withProduct(async (stage) => {
    const { address, dataDir, pid } = stage.product;
    const cookie = await signIn(stage, 'teacher');
    const source = join(dataDir, 'source');
    await makeFile(source, bytes);
    await sleep(restMs);
    const idle = await residentMiB(pid);

    const ids: string[] = [];
    const peaks: number[] = [];
    const both = (work: () => Promise<void>) => Promise.all([work(), work()]).then(() => undefined);
    for (let pair = 0; pair < pairs; pair += 1) {
      const sending = () =>
        both(async () => {
          const { id } = await upload(address, cookie, source);
          ids.push(id);
          await settled(address, cookie, id);
        });
      peaks.push(await peakMiB(pid, sending));
    }
    const waiting = [...ids];
    for (let pair = 0; pair < pairs; pair += 1) {
      const fetching = () =>
        both(async () => {
          await download(`${address}/api/files/${waiting.pop()}/content`, { cookie }, bytes);
        });
      peaks.push(await peakMiB(pid, fetching));
    }
    const first = Math.max(...peaks.slice(0, pairs / 2));
    const last = Math.max(...peaks.slice(pairs / 2, pairs));
    const shared = { peer: null, ratio: null, unit: 'MiB' } as const;
    return [
      {
        bench: 'memory, peak over idle',
        ours: Math.max(...peaks) - idle,
        ...shared,
        goal: { of: 'ours', is: '<', value: 300 },
      },
      { bench: 'memory, second GB up over first', ours: last - first, ...shared, goal: null },
      { bench: 'memory, idle', ours: idle, ...shared, goal: null },
    ];
  });
}
