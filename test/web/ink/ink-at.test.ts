import { describe, expect, it } from 'vitest';
import { createInkReplay } from '../../../web/ink/ink-at.ts';

const fileId = 'f';
const red = { color: 'red', width: 'thin' } as const;
const ink = createInkReplay({
  strokes: [
    {
      ...{ fileId, page: 1, ...red, goneMs: 9_000 },
      pieces: [
        { atMs: 1_000, points: [1, 1, 2, 2] },
        { atMs: 1_150, points: [3, 3] },
        { atMs: 1_300, points: [4, 4] },
      ],
    },
    { fileId, page: 1, color: 'blue', width: 'thick', goneMs: null, pieces: [{ atMs: 2_000, points: [5, 5] }] },
    { fileId, page: 2, ...red, goneMs: null, pieces: [{ atMs: 3_000, points: [6, 6] }] },
  ],
});
const pointsAt = (page: number, atMs: number) => ink.at({ fileId, page }, atMs).map(({ points }) => points);

describe('the ink of a replay', () => {
  it('is as it was at that moment, in whatever order moments are asked for', () => {
    const whole = [1, 1, 2, 2, 3, 3, 4, 4];
    const moments: [number, number[][]][] = [
      [8_999, [whole, [5, 5]]],
      [999, []],
      [1_000, [[1, 1, 2, 2]]],
      [1_299, [[1, 1, 2, 2, 3, 3]]],
      [1_100, [[1, 1, 2, 2]]],
      [1_300, [whole]],
      [9_000, [[5, 5]]],
      [2_000, [whole, [5, 5]]],
      [0, []],
    ];
    for (const [atMs, points] of moments) expect(pointsAt(1, atMs), `at ${atMs}`).toEqual(points);
    expect(ink.at({ fileId, page: 1 }, 9_000)).toEqual([{ color: 'blue', width: 'thick', points: [5, 5] }]);
  });

  it('belongs to its page', () => {
    expect(pointsAt(2, 2_999)).toEqual([]);
    expect(pointsAt(2, 10_000)).toEqual([[6, 6]]);
    expect(pointsAt(3, 10_000)).toEqual([]);
    expect(ink.at({ fileId: 'g', page: 2 }, 10_000), 'of another file').toEqual([]);
  });

  it('gives the same points again while a stroke does not grow, so that its path is kept', () => {
    expect(pointsAt(1, 1_200)[0]).toBe(pointsAt(1, 1_250)[0]);
    expect(pointsAt(1, 5_000)[0]).toBe(pointsAt(1, 6_000)[0]);
  });
});
