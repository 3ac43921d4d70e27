import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { Adaptation } from '../../media/adaptation.ts';
import { Participant } from '../../media/participant.ts';
import type { LinkReport } from '../../media/protocol.ts';
import { createWorkerPool, type RouterLease, type WorkerPool } from '../../media/workers.ts';
import { log, receiverClaims } from './environment/node.ts';
import { freePorts } from './environment/ports.ts';
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

const calm: LinkReport = {
  ...{ rttMs: 20, loss: 0, downKbps: 600, upKbps: null, fps: 20, frozen: 0, concealed: 0 },
  path: 'udp',
};

it('asks the worker of a calm line half as often, and at once when something is amiss or the transports are new', async () => {
  const room = new Participant(receiverClaims('calm'), { codecs: [], headerExtensions: [] }, 'all');
  const adaptation = new Adaptation({ log, participants: () => [room], isRecorded: () => false });
  try {
    const open = async () => {
      const { receiveTransport } = await room.openTransports(lease);
      return vi.spyOn(room.transport(receiveTransport.id), 'getStats');
    };
    const former = await open();
    for (let report = 0; report < 3; report += 1) await adaptation.take(room, calm);
    expect(former).toHaveBeenCalledTimes(1);
    // What was known of the former transport is nothing of the next.
    const asked = await open();
    for (let report = 0; report < 3; report += 1) await adaptation.take(room, calm);
    expect(asked).toHaveBeenCalledTimes(1);
    for (const amiss of [{ loss: 0.02 }, { loss: null }, { concealed: 0.02 }, { frozen: 0.1 }]) {
      const before = asked.mock.calls.length;
      await adaptation.take(room, { ...calm, ...amiss });
      expect([amiss, asked.mock.calls.length]).toEqual([amiss, before + 1]);
    }
  } finally {
    adaptation.close();
    room.closeMedia();
  }
});
