import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPosition } from '../../../web/viewer/position.ts';

/** What the account knows, as its server would answer. */
let known: { positionMs: number; agoMs: number } | null;
let isOnline: boolean;
const sent: { positionMs: number; agoMs: number }[] = [];
const store = new Map<string, string>();

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-09-01T08:00:00Z') });
  known = null;
  isOnline = true;
  sent.length = 0;
  store.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  });
  vi.stubGlobal('fetch', async (_: unknown, init: RequestInit) => {
    if (!isOnline) throw new TypeError('Failed to fetch');
    if (init.method !== 'PUT') return Response.json({ position: known });
    sent.push(JSON.parse(String(init.body)));
    return new Response(null, { status: 204 });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('where somebody stopped', () => {
  it('goes to the account every 15 s, and at once when playing stops', async () => {
    const position = createPosition('film', 'me');
    for (let second = 5; second <= 40; second += 5) {
      position.keep(second);
      await vi.advanceTimersByTimeAsync(5000);
    }
    expect(sent.map(({ positionMs }) => positionMs)).toEqual([5000, 20_000, 35_000]);
    position.flush();
    position.flush();
    await vi.advanceTimersByTimeAsync(1);
    position.flush();
    expect(sent.at(-1)).toEqual({ positionMs: 40_000, agoMs: 5000 });
  });

  it('is the newest of what device and account know', async () => {
    known = { positionMs: 90_000, agoMs: 60_000 };
    expect(await createPosition('film', 'me').read()).toBe(90);
    // Known without the network now.
    isOnline = false;
    expect(await createPosition('film', 'me').read()).toBe(90);
    const offline = createPosition('film', 'me');
    offline.keep(120);
    await vi.advanceTimersByTimeAsync(10_000);
    isOnline = true;
    known = { positionMs: 90_000, agoMs: 70_000 };
    expect(await createPosition('film', 'me').read()).toBe(120);
    expect(sent).toEqual([{ positionMs: 120_000, agoMs: 10_000 }]);
    // Played to its end elsewhere.
    known = { positionMs: 0, agoMs: 1000 };
    expect(await createPosition('film', 'me').read()).toBe(0);
  });

  it('is read as older versions kept it, and stays on a device without account', async () => {
    store.set('tongke.position.me.film', '25');
    expect(await createPosition('film', 'me').read()).toBe(25);
    store.set('tongke.position.me.film', 'broken{');
    expect(await createPosition('film', 'me').read()).toBe(0);
    const room = createPosition('film', null);
    room.keep(30);
    room.flush();
    expect(await createPosition('film', null).read()).toBe(30);
    expect(sent).toEqual([]);
  });
});
