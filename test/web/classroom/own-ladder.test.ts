import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Rung } from '../../../media/protocol.ts';
import { deviceLine, type LineMemory } from '../../../web/classroom/known-line.ts';
import { listeningDelayMs } from '../../../web/classroom/listening-delay.ts';
import { createOwnLadder } from '../../../web/classroom/own-ladder.ts';
import { carriedKbps } from '../../../web/room-check/check-link.ts';

describe('a room’s own ladder', () => {
  it('says what is to be seen on each rung, and remembers the last one', () => {
    const kept: ReturnType<LineMemory['read']> = { rung: 'low_video' };
    const { ladder, handlers, take, remembered } = createOwnLadder({
      read: () => kept,
      write: (line) => Object.assign(kept, line),
    });
    expect(remembered()).toEqual({ rung: 'low_video' });
    take({ rung: 'low_video', why: null });
    const seen = () => [ladder.picture.value, ladder.thumbnails.value, ladder.slides.value];
    expect(seen()).toEqual([true, false, true]);
    const steps: [Rung, boolean[]][] = [
      ['slides_audio', [false, false, true]],
      ['audio', [false, false, false]],
      ['no_thumbnails', [true, false, true]],
    ];
    for (const [rung, shows] of steps) {
      handlers.rungChanged?.({ rung, why: { cause: 'speed', value: 60 } });
      expect(seen()).toEqual(shows);
      expect(remembered()).toEqual({ rung, downKbps: 60 });
    }
    handlers.rungChanged?.({ rung: 'all', why: null });
    expect(seen()).toEqual([true, true, true]);
    // More went through than was known.
    expect(remembered()).toEqual({ rung: 'all', downKbps: null });
  });

  it('remembers nothing where the machine is nobody’s room', () => {
    const { take, remembered } = createOwnLadder(null);
    take({ rung: 'audio', why: null });
    expect(remembered()).toEqual({});
  });
});

describe('what a device knows of its line', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is kept for the next lesson, also by a browser that had nothing to keep yet', () => {
    const store = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => store.get(name) ?? null,
      setItem: (name: string, value: string) => store.set(name, value),
    });
    expect(deviceLine.read()).toEqual({ rung: 'all', downKbps: undefined });
    deviceLine.write({ rung: 'low_video', downKbps: 240 });
    deviceLine.write({ rung: 'no_thumbnails' });
    expect(deviceLine.read()).toEqual({ rung: 'no_thumbnails', downKbps: 240 });
    deviceLine.write({ downKbps: null });
    expect(deviceLine.read()).toEqual({ rung: 'no_thumbnails', downKbps: undefined });
    store.set('tongke.rung', 'everything').set('tongke.downKbps', 'much');
    expect(deviceLine.read()).toEqual({ rung: undefined, downKbps: undefined });
  });

  it('is what its check has measured, unless packets were lost meanwhile', () => {
    const way = { reachable: true, rttMs: 9, lossUp: 0, lossDown: 0 };
    const unreachable = { reachable: false, rttMs: null, lossUp: null, lossDown: null };
    const link = { udp: way, tcp: way, relay: null, downKbps: 300, upKbps: 100 };
    expect(carriedKbps(link)).toBe(300);
    expect(carriedKbps({ ...link, udp: { ...way, lossDown: 0.1 } })).toBeNull();
    expect(carriedKbps({ ...link, udp: unreachable, tcp: { ...way, lossDown: null } })).toBe(300);
    expect(carriedKbps({ ...link, downKbps: null })).toBeNull();
  });
});

describe('how long sound waits', () => {
  const link = {
    rttMs: 20,
    loss: 0,
    downKbps: 500,
    upKbps: 10,
    fps: 20,
    frozen: 0,
    concealed: 0,
    path: 'udp' as const,
    rung: 'all' as const,
    why: null,
  };
  it.each([
    ['talking, whatever the line', { ...link, loss: 0.2 }, true, 0],
    ['listening on a good line', link, false, 400],
    ['before anything is known', null, false, 400],
    ['listening on a line that loses', { ...link, loss: 0.1 }, false, 800],
    ['listening on a thin line', { ...link, rung: 'slides_audio' as const }, false, 800],
  ])('%s', (_name, now, talking, ms) => {
    expect(listeningDelayMs(now, talking)).toBe(ms);
  });
});
