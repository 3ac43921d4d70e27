import { describe, expect, it } from 'vitest';
import { backOffMs, pause } from '../../web/state/back-off.ts';

const shape = { firstMs: 300, longestMs: 8000 };

describe('the pause before the next try', () => {
  it('doubles up to its longest', () => {
    const longest = [0, 1, 2, 3, 4, 5, 30].map((attempt) => backOffMs(attempt, shape, () => 1));
    expect(longest).toEqual([300, 600, 1200, 2400, 4800, 8000, 8000]);
  });

  it('is spread over half of its length', () => {
    expect(backOffMs(3, shape, () => 0)).toBe(1200);
    const pauses = new Set(Array.from({ length: 50 }, () => backOffMs(5, shape)));
    expect(pauses.size).toBeGreaterThan(10);
    for (const ms of pauses) expect(ms).toBeGreaterThanOrEqual(4000);
  });

  it('ends at once when it is no longer wanted', async () => {
    const life = new AbortController();
    const waiting = pause(60_000, life.signal);
    life.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
