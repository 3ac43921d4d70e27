import { describe, expect, it } from 'vitest';
import { rungs } from '../../media/ladder.ts';
import type { Figures } from '../bench/impaired/figures.ts';
import { withLesson } from '../bench/impaired/lesson.ts';
import { type Link, links } from '../bench/impaired/links.ts';

const briefly = { lessonMs: 14_000 };
const clean: Link = { name: 'clean', line: {}, ...briefly };
const udpBlocked: Link = { name: 'UDP blocked', line: { blocked: 'udp' }, ...briefly };
const firewall: Link = { name: 'only HTTP and TLS', line: { blocked: 'unusual' }, ...briefly };
const thin: Link = {
  name: '64 kbit/s',
  line: { rate: 64_000 },
  remembered: { rung: 'slides_audio' },
  lessonMs: 25_000,
};

/** How far down the ladder a room was at worst, 0 for everything. */
const lowest = ({ rungs: path }: Figures) =>
  Math.max(...path.split(', ').map((stretch) => rungs.findIndex((rung) => stretch.startsWith(`${rung} `))));

describe('a lesson over a bad line', () => {
  it('gets through where UDP does not, and through a TURN server where nothing but TLS does', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root may make network namespaces with netfilter and token buckets');
    await withLesson(async (lesson) => {
      const open = await lesson.watch(clean);
      // Straight to the media node, which sees the address of the place's router.
      expect(open).toMatchObject({ path: 'prflx/udp' });
      expect(open.picture).toBeGreaterThan(0.5);
      const tcp = await lesson.watch(udpBlocked);
      expect(tcp.path).toMatch(/\/tcp$/);
      expect(tcp.picture).toBeGreaterThan(0.5);
      expect(tcp.sound).toBeGreaterThan(0.5);
      const relayed = await lesson.watch(firewall);
      expect(relayed).toMatchObject({ path: 'relay/tls' });
      expect(relayed.picture).toBeGreaterThan(0.5);
      expect(relayed.sound).toBeGreaterThan(0.5);

      // One room on the thinnest line harms no other: that is as well off as beside one that has a good line too.
      const beside = (link: Link) =>
        Promise.all([lesson.watch(link), lesson.watch({ ...clean, lessonMs: thin.lessonMs }, 2)]);
      const [, before] = await beside({ ...clean, lessonMs: thin.lessonMs });
      expect(before.picture).toBeGreaterThan(0.5);
      expect(before.sound).toBeGreaterThan(0.5);
      const [bad, good] = await beside(thin);
      expect(bad.rungs).toMatch(/^slides_audio/);
      expect(bad.sound).toBeGreaterThan(0.5);
      expect(lowest(good)).toBeLessThanOrEqual(lowest(before));
      expect(good.picture).toBeGreaterThan(before.picture - 0.1);
      expect(good.sound).toBeGreaterThan(before.sound - 0.1);
      expect(good.height).toBeGreaterThanOrEqual(before.height ?? 0);
    });
  });

  it('goes on when the address is another one, of the room’s machine or of the router of its school', async ({
    skip,
  }) => {
    if (process.getuid?.() !== 0) skip('only root may make network namespaces');
    await withLesson(async (lesson) => {
      for (const link of links.filter(({ name }) => name.startsWith('new-'))) {
        const moved = await lesson.watch(link);
        expect(moved.picture).toBeGreaterThan(0.5);
        expect(moved.sound).toBeGreaterThan(0.5);
        expect(moved.back?.sound).toEqual(expect.any(Number));
      }
    });
  });
});
