import { describe, expect, it } from 'vitest';
import { buildTimeline } from '../../media/finishing/timeline.ts';
import type { InkEvent, RecordedEvent } from '../../media/index.ts';

const zero = 1_790_000_000_000;
const nothingMissing = { share: 1, gaps: [], tracks: [] };
const style = { color: 'red', width: 'thin' } as const;
const at = (ms: number, event: InkEvent): RecordedEvent => ({ recordingId: 'r', at: zero + ms, ...event });
const stroke = (id: string, points: number[], from = 0, page = 1): InkEvent => ({
  ...{ type: 'stroke', fileId: 'f', page, from },
  stroke: { id, ...style, points },
});
const inkOf = (events: RecordedEvent[]) => buildTimeline(events, nothingMissing, zero, 60_000).ink;

describe('the ink of a recording', () => {
  it('grows piece by piece, and goes when it was undone or cleared', () => {
    const ink = inkOf([
      at(1_000, stroke('a', [1, 1, 2, 2])),
      at(1_150, stroke('a', [3, 3], 2)),
      at(2_000, stroke('b', [4, 4])),
      at(2_500, stroke('c', [5, 5], 0, 11)),
      at(3_000, { type: 'strokeUndone', fileId: 'f', page: 1, strokeId: 'b' }),
      at(9_000, { type: 'inkCleared', fileId: 'f', page: 1 }),
      // The same name may come again on another page, or once it is free.
      at(10_000, stroke('a', [6, 6])),
    ]);
    const drawn = { fileId: 'f', page: 1, ...style };
    expect(ink).toEqual([
      {
        ...drawn,
        pieces: [
          { atMs: 1_000, points: [1, 1, 2, 2] },
          { atMs: 1_150, points: [3, 3] },
        ],
        goneMs: 9_000,
      },
      { ...drawn, pieces: [{ atMs: 2_000, points: [4, 4] }], goneMs: 3_000 },
      { ...drawn, page: 11, pieces: [{ atMs: 2_500, points: [5, 5] }], goneMs: null },
      { ...drawn, pieces: [{ atMs: 10_000, points: [6, 6] }], goneMs: null },
    ]);
  });

  it('is told once, in its order, and within the video', () => {
    const ink = inkOf([
      // A node that took over was told again what it may not have had.
      at(500, stroke('a', [2, 2, 3, 3], 1)),
      at(200, stroke('a', [1, 1, 2, 2])),
      at(-5_000, stroke('early', [7, 7])),
      at(-4_000, stroke('never seen', [8, 8])),
      at(-3_000, { type: 'strokeUndone', fileId: 'f', page: 1, strokeId: 'never seen' }),
      at(99_000, stroke('late', [9, 9])),
    ]);
    expect(ink.map(({ pieces, goneMs }) => ({ pieces, goneMs }))).toEqual([
      { pieces: [{ atMs: 0, points: [7, 7] }], goneMs: null },
      {
        pieces: [
          { atMs: 200, points: [1, 1, 2, 2] },
          { atMs: 500, points: [3, 3] },
        ],
        goneMs: null,
      },
      { pieces: [{ atMs: 60_000, points: [9, 9] }], goneMs: null },
    ]);
  });

  it('leaves the slides and all else as they are', () => {
    const events: RecordedEvent[] = [
      { recordingId: 'r', at: zero, type: 'slides', fileId: 'f', page: 1 },
      at(1_000, stroke('a', [1, 1])),
      { recordingId: 'r', at: zero + 2_000, type: 'slide', page: 2 },
    ];
    expect(buildTimeline(events, nothingMissing, zero, 60_000).slides).toEqual([
      { atMs: 0, page: 1, fileId: 'f' },
      { atMs: 2_000, page: 2, fileId: 'f' },
    ]);
  });
});
