import { afterEach, describe, expect, it, vi } from 'vitest';
import { deviceLine } from '../../../web/classroom/known-line.ts';
import { carriedKbps } from '../../../web/room-check/check-link.ts';

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
