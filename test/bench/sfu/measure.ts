import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf } from '../process-usage.ts';
import { say } from '../product.ts';
import { percentile } from '../statistics.ts';
import { forwardingDelays } from './capture.ts';
import { droppedAt } from './drops.ts';
import { kinds } from './lesson-packets.ts';
import { type Receivers, startReceivers } from './receivers.ts';
import type { Sfu } from './sfus.ts';

export interface Figures {
  receivers: number;
  /** What the receivers have got, in Mbit/s of RTP. */
  mbits: number;
  /** Share of a core. */
  cores: number;
  /** CPU seconds for a gigabit that was received. */
  perGigabit: number;
  /** How many receivers of 1 Mbit/s a whole core would serve, by what these have taken. */
  perCore: number;
  /** Share of the packets that did not come. */
  lost: number;
  /** Share of the packets that came as far as the receivers' own sockets, and found them full. */
  lostAtReceivers: number;
  delayMs: { p50: number; p99: number };
}

const settleMs = 3_000;
const windowMs = 5_000;
const captureMs = 3_000;
/** The clock of /proc ticks every 10 ms. */
const idleMs = 12_000;
/** So many of the receivers are watched for the delay, from the first to the last who came in. */
const watched = 20;

/** Lets receivers into an SFU, and looks at what it takes. Ends the SFU and the receivers. */
export async function measure(name: string, start: () => Promise<Sfu>, count: number): Promise<Figures> {
  const sfu = await start();
  let receivers: Receivers | undefined;
  try {
    receivers = await startReceivers();
    const presenting = await sfu.present();
    try {
      const ports = await sfu.admit(receivers, count);
      presenting.begin();
      await sleep(settleMs);
      const usage = await watchUsage(sfu, receivers, ports);
      if (usage.flowing !== count * kinds.length) {
        throw new Error(`${name}: ${usage.flowing} of ${count * kinds.length} streams arrive.`);
      }
      const step = ports.length / Math.min(watched, ports.length);
      const some = Array.from(
        { length: Math.min(watched, ports.length) },
        (_, index) => ports[Math.floor(index * step)],
      );
      const delays = await forwardingDelays(
        presenting.port,
        some.filter((port) => port !== undefined),
        captureMs,
      );
      const figures = {
        receivers: count,
        ...usage.figures,
        delayMs: { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99) },
      };
      say(`  ${name}, ${count}: ${told(figures)}`);
      return figures;
    } finally {
      presenting.stop();
    }
  } finally {
    await receivers?.stop();
    await sfu.stop();
  }
}

async function watchUsage({ pids }: Sfu, receivers: Receivers, ports: readonly number[]) {
  const own = new Set(ports);
  const look = async () => ({ cpu: await cpuOf(pids), dropped: await droppedAt(own), at: performance.now() });
  await receivers.mark();
  const before = await look();
  await sleep(windowMs);
  const after = await look();
  const { bytes, packets, lost, flowing } = await receivers.count();
  const seconds = (after.at - before.at) / 1000;
  const cpu = after.cpu - before.cpu;

  const gigabits = (bytes * 8) / 1e9;
  const cores = cpu / seconds;
  const sent = packets + lost;
  return {
    flowing,
    figures: {
      mbits: (gigabits * 1000) / seconds,
      cores,
      perGigabit: cpu / gigabits,
      perCore: 1000 / (cpu / gigabits),
      lost: lost / sent,
      lostAtReceivers: (after.dropped - before.dropped) / sent,
    },
  };
}

function told({ mbits, cores, lost, lostAtReceivers, delayMs }: Figures): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  return [
    `${mbits.toFixed(0)} Mbit/s with ${cores.toFixed(3)} of a core`,
    `lost ${percent(lost)}, of that at the receivers ${percent(lostAtReceivers)}`,
    `delay ${delayMs.p50.toFixed(2)}/${delayMs.p99.toFixed(2)} ms`,
  ].join('; ');
}

/** What an SFU takes of a core while a lesson comes in and nobody listens. */
export async function idleCores(name: string, start: () => Promise<Sfu>): Promise<number> {
  const sfu = await start();
  try {
    const presenting = await sfu.present();
    try {
      presenting.begin();
      await sleep(settleMs);
      const before = { cpu: await cpuOf(sfu.pids), at: performance.now() };
      await sleep(idleMs);
      const cores = ((await cpuOf(sfu.pids)) - before.cpu) / ((performance.now() - before.at) / 1000);
      say(`  ${name}: ${cores.toFixed(4)} of a core`);
      return cores;
    } finally {
      presenting.stop();
    }
  } finally {
    await sfu.stop();
  }
}
