import type { InkColor, InkWidth } from '../../media/protocol.ts';
import type { ResourceInk } from '../api/types.ts';

export interface ShownStroke {
  color: InkColor;
  width: InkWidth;
  points: readonly number[];
}

/**
 * What was seen of a lesson's ink on a page at a moment: strokes that were begun and not yet taken away, as far as they were
 * drawn. The points of a stroke that has not grown since are the same array as before.
 */
export function createInkReplay({ strokes }: ResourceInk) {
  const whole = strokes.map(({ pieces }) => pieces.flatMap(({ points }) => points));
  /** The last part of a stroke that was asked for: while it grows, one at a time. */
  const parts = new Map<number, readonly number[]>();

  /** The points of a stroke that were there at a moment. */
  function pointsOf(index: number, atMs: number): readonly number[] {
    const all = whole[index] ?? [];
    const pieces = strokes[index]?.pieces ?? [];
    if ((pieces.at(-1)?.atMs ?? 0) <= atMs) return all;
    const length = pieces.reduce((sum, piece) => (piece.atMs <= atMs ? sum + piece.points.length : sum), 0);
    const former = parts.get(index);
    const part = former?.length === length ? former : all.slice(0, length);
    parts.set(index, part);
    return part;
  }

  return {
    at(on: { fileId: string | null; page: number }, atMs: number): ShownStroke[] {
      return strokes.flatMap(({ fileId, page, color, width, goneMs }, index) => {
        if (fileId !== on.fileId || page !== on.page || (goneMs !== null && goneMs <= atMs)) return [];
        const points = pointsOf(index, atMs);
        return points.length > 0 ? [{ color, width, points }] : [];
      });
    },
  };
}
