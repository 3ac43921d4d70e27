import { setTimeout as sleep } from 'node:timers/promises';
import type { Rung } from '../../../media/protocol.ts';
import type { LineState, Site } from '../../environment/sites.ts';

/** A line to teach over. */
export interface Link {
  name: string;
  /** How it is when the room joins. */
  line: LineState;
  /** What the device knows of the line from the lesson before, or from its check; nothing if left out. */
  remembered?: { rung?: Rung; downKbps?: number };
  /** How long the lesson is watched. */
  lessonMs: number;
  /** What happens to it in mid-lesson. @returns when it was over, by Date.now(); null when it never is */
  happening?(site: Site, signal: AbortSignal): Promise<number | null>;
}

const usual = 30_000;
/** Before and after what happens. */
const calmMs = 12_000;
const burst = { everyMs: 3_000, lengthMs: 300 };

const lossy = (percent: number): Link => ({ name: `loss-${percent}`, line: { loss: percent / 100 }, lessonMs: usual });

const cut = (seconds: number): Link => ({
  name: `cut-${seconds}s`,
  line: {},
  lessonMs: calmMs + seconds * 1_000 + calmMs,
  async happening(site, signal) {
    await sleep(calmMs, undefined, { signal });
    await site.become({ blocked: 'everything' });
    await sleep(seconds * 1_000, undefined, { signal });
    await site.become({});
    return Date.now();
  },
});

const moved = (name: string, move: (site: Site) => Promise<void>): Link => ({
  name,
  line: {},
  lessonMs: calmMs * 2,
  async happening(site, signal) {
    await sleep(calmMs, undefined, { signal });
    await move(site);
    return Date.now();
  },
});

/** Every link of the bench, by the names that are given on the command line. */
export const links: readonly Link[] = [
  { name: 'clean', line: {}, lessonMs: usual },
  { name: '2m', line: { rate: 2_000_000 }, lessonMs: usual },
  { name: '1m', line: { rate: 1_000_000 }, lessonMs: usual },
  { name: '300k', line: { rate: 300_000 }, lessonMs: 40_000 },
  { name: '300k-again', line: { rate: 300_000 }, remembered: { downKbps: 280 }, lessonMs: 40_000 },
  { name: '64k', line: { rate: 64_000 }, lessonMs: 60_000 },
  { name: '64k-again', line: { rate: 64_000 }, remembered: { rung: 'slides_audio' }, lessonMs: 60_000 },
  ...[5, 10, 20, 30].map(lossy),
  {
    name: 'bursts',
    line: {},
    lessonMs: usual,
    async happening(site, signal) {
      while (!signal.aborted) {
        await sleep(burst.everyMs, undefined, { signal });
        await site.become({ blocked: 'everything' });
        await sleep(burst.lengthMs);
        await site.become({});
      }
      return null;
    },
  },
  ...[3, 10, 40].map(cut),
  { name: 'udp-blocked', line: { blocked: 'udp' }, lessonMs: usual },
  { name: 'firewall', line: { blocked: 'unusual' }, lessonMs: usual },
  moved('new-address', (site) => site.moveAddress()),
  moved('new-router', (site) => site.moveRouter()),
];
