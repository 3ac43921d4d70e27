import { afterEach, describe, expect, it, vi } from 'vitest';
import { deviceLine } from '../../../web/classroom/known-line.ts';
import { lineOf } from '../../../web/room-check/check-link.ts';

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
    // Also where the ladder of the lesson before was sent down to the slides.
    expect(lineOf(link)).toEqual({ rung: 'all', downKbps: 300 });
    expect(lineOf({ ...link, udp: { ...way, lossDown: 0.1 } })).toEqual({ downKbps: null });
    expect(lineOf({ ...link, udp: unreachable, tcp: { ...way, lossDown: null } })).toEqual({
      rung: 'all',
      downKbps: 300,
    });
    expect(lineOf({ ...link, downKbps: null })).toEqual({ downKbps: null });
  });
});
