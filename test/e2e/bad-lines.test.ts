import { describe, expect, it } from 'vitest';
import { rungs } from '../../media/ladder.ts';
import type { Figures } from '../bench/impaired/figures.ts';
import { withLesson } from '../bench/impaired/lesson.ts';
import type { Link } from '../bench/impaired/links.ts';

const briefly = { lessonMs: 14_000 };
const clean: Link = { name: 'clean', line: {}, ...briefly };
const udpBlocked: Link = { name: 'UDP blocked', line: { blocked: 'udp' }, ...briefly };
const firewall: Link = { name: 'only HTTP and TLS', line: { blocked: 'unusual' }, ...briefly };
const thin: Link = { name: '64 kbit/s', line: { rate: 64_000 }, remembered: 'slides_audio', lessonMs: 25_000 };

/** How far down the ladder a room was at worst, 0 for everything. */
const lowest = ({ rungs: path }: Figures) =>
  Math.max(...path.split(', ').map((stretch) => rungs.findIndex((rung) => stretch.startsWith(`${rung} `))));

/** Shares are of real time: three browsers on two cores may miss them for want of a machine, but not twice. */
async function expectOf<T>(measure: () => Promise<T>, check: (measured: T) => void): Promise<void> {
  const first = await measure();
  try {
    return check(first);
  } catch (error) {
    console.info('Measured once more:', error);
  }
  check(await measure());
}

describe('a lesson over a bad line', { timeout: 600_000 }, () => {
  it('gets through where UDP does not, and through a TURN server where nothing but TLS does', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root may make network namespaces with netfilter and token buckets');
    await withLesson(async (lesson) => {
      await expectOf(
        () => lesson.watch(clean),
        (open) => {
          expect(open).toMatchObject({ path: 'host/udp' });
          expect(open.picture).toBeGreaterThan(0.5);
        },
      );
      await expectOf(
        () => lesson.watch(udpBlocked),
        (tcp) => {
          expect(tcp.path).toMatch(/\/tcp$/);
          expect(tcp.picture).toBeGreaterThan(0.5);
          expect(tcp.sound).toBeGreaterThan(0.5);
        },
      );
      await expectOf(
        () => lesson.watch(firewall),
        (relayed) => {
          expect(relayed).toMatchObject({ path: 'relay/tls' });
          expect(relayed.picture).toBeGreaterThan(0.5);
          expect(relayed.sound).toBeGreaterThan(0.5);
        },
      );

      // One room on the thinnest line harms no other: that is as well off as beside one that has a good line too.
      const beside = (link: Link) =>
        Promise.all([lesson.watch(link), lesson.watch({ ...clean, lessonMs: thin.lessonMs }, 2)]);
      await expectOf(
        async () => [...(await beside({ ...clean, lessonMs: thin.lessonMs })), ...(await beside(thin))] as const,
        ([, before, bad, good]) => {
          expect(before.picture).toBeGreaterThan(0.5);
          expect(before.sound).toBeGreaterThan(0.5);
          expect(bad.rungs).toMatch(/^slides_audio/);
          expect(bad.sound).toBeGreaterThan(0.5);
          expect(lowest(good)).toBeLessThanOrEqual(lowest(before));
          expect(good.picture).toBeGreaterThan(before.picture - 0.1);
          expect(good.sound).toBeGreaterThan(before.sound - 0.1);
          expect(good.height).toBeGreaterThanOrEqual(before.height ?? 0);
        },
      );
    });
  });
});
