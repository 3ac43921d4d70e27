import { setTimeout as delay } from 'node:timers/promises';
import type { Producer } from 'mediasoup/types';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Feed } from '../../media/feed.ts';
import { Participant } from '../../media/participant.ts';
import type { Source } from '../../media/protocol.ts';
import { SourceWatch } from '../../media/source-health.ts';
import { createWorkerPool, type RouterLease, type WorkerPool } from '../../media/workers.ts';
import type { PlannedPacket } from './environment/lesson-packets.ts';
import { log, presenterClaims } from './environment/node.ts';
import { freePorts } from './environment/ports.ts';
import { type Loss, openSender, type Sender } from './environment/rtp-sender.ts';
import '../environment/provided.ts';

let pool: WorkerPool;
let lease: RouterLease;
beforeAll(async () => {
  pool = await createWorkerPool({
    count: 1,
    basePort: await freePorts(1),
    listenAddress: '127.0.0.1',
    announcedAddress: undefined,
    workerBin: inject('workerBin'),
    log,
  });
  lease = await pool.openRouter();
});
afterAll(() => pool.close());

/** Sound and picture of so many seconds; what is in the packets does not matter here. */
function packets(seconds: number): PlannedPacket[] {
  return Array.from({ length: seconds * 50 }, (_, index) => {
    const kind = index % 5 < 2 ? ('video' as const) : ('audio' as const);
    return { kind, atMs: index * 20, marker: true, payload: Buffer.from([0x10, 0, 0, 0, 1, 2, 3]) };
  });
}

const producersOf = ({ video, audio }: Sender): Map<Source, Producer> =>
  new Map([
    ['camera', video],
    ['microphone', audio],
  ]);

/** Sends, and asks every second as rooms do. */
async function watched(seconds: number, loss: Loss, afterMs = 0) {
  const sender = await openSender(lease.router, packets(seconds), { loss });
  const watch = new SourceWatch();
  const from = { producers: producersOf(sender) };
  const sent = sender.send();
  let over = false;
  const asking = (async () => {
    while (!over) {
      await watch.of([from]);
      await delay(1_000);
    }
  })();
  await sent;
  await delay(afterMs);
  over = true;
  await asking;
  const found = await watch.of([from, from]);
  sender.close();
  return { found, watch };
}

describe.concurrent('what comes in from a sender', () => {
  it('is well when nothing gets lost', async () => {
    const { found, watch } = await watched(4, () => false);
    expect(found).toEqual({ loss: 0, troubled: false });
    expect(await watch.of([])).toEqual({ loss: 0, troubled: false });
  });

  it('is in trouble when some of it gets lost before the node', async () => {
    const { found } = await watched(8, ({ kind, index }) => kind === 'video' && index % 5 === 3);
    expect(found.troubled).toBe(true);
    expect(found.loss).toBeGreaterThan(0.03);
    expect(found.loss).toBeLessThan(0.2);
  });

  it('is in trouble when nothing comes any more', async () => {
    const { found } = await watched(3, () => false, 3_000);
    expect(found).toEqual({ loss: 0, troubled: true });
  });
});

describe('a picture', () => {
  it('is on its way only once it has come in, while it is sent, and while it is let through', async () => {
    const sender = await openSender(lease.router, packets(30));
    const owner = new Participant(presenterClaims('pictures'), { codecs: [], headerExtensions: [] }, 'all');
    owner.producers.set('camera', sender.video);
    const transport = await lease.router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } });
    const { rtpCapabilities } = lease.router;
    const consumer = await transport.consume({ producerId: sender.video.id, rtpCapabilities, paused: true });
    const feed = new Feed({ consumer, owner, source: 'camera', layer: 0, rung: 'all' });
    await feed.ready(true);
    expect(feed.picturing).toBe(false);
    const sent = sender.send();
    await expect.poll(() => feed.picturing, { timeout: 10_000 }).toBe(true);
    await sender.video.pause();
    await expect.poll(() => feed.picturing).toBe(false);
    await sender.video.resume();
    await expect.poll(() => feed.picturing).toBe(true);
    await feed.stepTo('slides_audio');
    expect(feed.picturing).toBe(false);
    sender.close();
    await sent;
  });
});
