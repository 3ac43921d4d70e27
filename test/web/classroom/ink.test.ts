import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inkLimits, maxPiecePoints, type Stroke } from '../../../media/protocol.ts';
import type { Connection } from '../../../web/classroom/connection.ts';
import { ClassroomFailure, type FailureCode } from '../../../web/classroom/failure.ts';
import { createSlides } from '../../../web/classroom/slides.ts';
import { joinAnswer } from './node-in-test.ts';

const red = { color: 'red', width: 'thin' } as const;
const stroke = (id: string, ...points: number[]): Stroke => ({ id, ...red, points });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Piece {
  page: number;
  from: number;
  stroke: Stroke;
}

/** A lesson whose node keeps strokes as the real one does, at the other end of a line that can be cut. */
function lesson() {
  const asked: { method: string; data: Record<string, unknown> }[] = [];
  const kept = new Map<string, number[]>();
  const node = {
    asked,
    kept,
    /** What the next requests fail with: before they reach the node, or on the way back. */
    failures: [] as { code: FailureCode; arrives: boolean }[],
    lost: false,
  };
  function take(method: string, data: unknown): object {
    if (method === 'clearInk') kept.clear();
    if (method === 'undoStroke') kept.delete((data as { strokeId: string }).strokeId);
    if (method !== 'drawStroke') return {};
    const { from, stroke: piece } = data as Piece;
    const have = kept.get(piece.id) ?? [];
    if (2 * from <= have.length) kept.set(piece.id, [...have.slice(0, 2 * from), ...piece.points]);
    return { points: (kept.get(piece.id)?.length ?? 0) / 2 };
  }
  const request = (async (method: string, data: Record<string, unknown>) => {
    asked.push({ method, data });
    if (node.lost) throw new ClassroomFailure('line_lost');
    const failure = node.failures.shift();
    if (failure && !failure.arrives) throw new ClassroomFailure(failure.code);
    const answer = take(method, data);
    if (failure) throw new ClassroomFailure(failure.code);
    return answer;
  }) as unknown as Connection['request'];
  const subject = createSlides(request);
  const { slides, handlers } = subject;
  handlers.slidesShown?.({ slides: { fileId: 'f', name: 'n', pages: 9 }, page: 1, at: 0, ink: [] });
  const { ink } = slides;
  const pointsOn = (page: number) => ink.on(page).map(({ points }) => points);
  const quiet = () => vi.advanceTimersByTimeAsync(5_000);
  return { ...subject, slides, handlers, ink, node, pointsOn, quiet };
}

describe('the presenter’s ink', () => {
  it('shows at once, and goes to the node in pieces while it is drawn', async () => {
    const { ink, node, pointsOn, quiet } = lesson();
    ink.begin([0, 0]);
    ink.extend([100, 500]);
    expect(pointsOn(1)).toEqual([[0, 0, 100, 500]]);
    await vi.advanceTimersByTimeAsync(10);
    expect(node.asked).toMatchObject([
      { method: 'drawStroke', data: { page: 1, from: 0, stroke: { points: [0, 0] } } },
    ]);
    for (let x = 200; x <= 1_000; x += 100) ink.extend([x, 10 * ((x * x) % 97)]);
    await vi.advanceTimersByTimeAsync(160);
    expect(node.asked).toHaveLength(2);
    ink.end();
    await quiet();
    const [drawn] = pointsOn(1);
    expect([...node.kept.values()]).toEqual([drawn]);
    expect(drawn?.slice(-2)).toEqual([1_000, 10 * (1_000_000 % 97)]);
    // It is over: nothing more is said of it.
    const { length } = node.asked;
    await quiet();
    expect(node.asked).toHaveLength(length);
  });

  it('says a long stroke in parts that the node takes, not faster than it may', async () => {
    const { ink, node, quiet } = lesson();
    node.lost = true;
    ink.begin([0, 0]);
    for (let i = 1; i < 400; i += 1) ink.extend([i * 20, (i % 2) * 500]);
    ink.end();
    await quiet();
    node.lost = false;
    const { length } = node.asked;
    ink.begin([9, 9]);
    ink.end();
    await vi.advanceTimersByTimeAsync(10);
    const began = Date.now();
    await vi.waitFor(() => expect(node.kept.size).toBe(2), { interval: 10, timeout: 5_000 });
    const pieces = node.asked.slice(length).map(({ data }) => (data as unknown as Piece).stroke.points.length / 2);
    expect(Math.max(...pieces)).toBe(maxPiecePoints);
    expect((1_000 * pieces.length) / (Date.now() - began)).toBeLessThan(25);
    expect(400).toBeLessThan(inkLimits.pointsOfPage);
  });

  it('survives a line that is cut in mid-stroke, whether or not the last piece had arrived', async () => {
    for (const arrives of [false, true]) {
      const { ink, node, pointsOn, quiet, lineBack } = lesson();
      ink.begin([0, 0]);
      await vi.advanceTimersByTimeAsync(10);
      node.failures.push({ code: 'line_lost', arrives });
      ink.extend([100, 900]);
      await vi.advanceTimersByTimeAsync(200);
      node.lost = true;
      ink.extend([200, 0]);
      ink.end();
      ink.begin([5_000, 5_000]);
      ink.end();
      await quiet();
      expect(pointsOn(1)).toEqual([
        [0, 0, 100, 900, 200, 0],
        [5_000, 5_000],
      ]);
      node.lost = false;
      lineBack();
      await quiet();
      expect([...node.kept.values()]).toEqual([
        [0, 0, 100, 900, 200, 0],
        [5_000, 5_000],
      ]);
      expect(pointsOn(1)).toEqual([...node.kept.values()]);
    }
  });

  it('begins a stroke anew with a node that has lost it', async () => {
    const { ink, node, quiet } = lesson();
    ink.begin([0, 0]);
    ink.extend([100, 900]);
    await vi.advanceTimersByTimeAsync(400);
    node.kept.clear();
    ink.extend([200, 0]);
    ink.end();
    await quiet();
    expect([...node.kept.values()]).toEqual([[0, 0, 100, 900, 200, 0]]);
  });

  it('asks again for an answer that did not come, though the line is there', async () => {
    const { ink, node, quiet } = lesson();
    node.failures.push({ code: 'timed_out', arrives: false });
    ink.begin([1, 1]);
    ink.end();
    await quiet();
    expect([...node.kept.values()]).toEqual([[1, 1]]);
  });

  it('is undone stroke by stroke and cleared, in its order, also while it is drawn', async () => {
    const { ink, node, pointsOn, quiet } = lesson();
    for (const x of [1, 2, 3]) {
      ink.begin([x, x]);
      ink.end();
    }
    ink.undo();
    expect(pointsOn(1)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    ink.begin([4, 4]);
    ink.undo();
    ink.extend([5, 5]);
    expect(pointsOn(1)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    await quiet();
    expect([...node.kept.values()]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    ink.clear();
    expect(pointsOn(1)).toEqual([]);
    await quiet();
    expect(node.kept.size).toBe(0);
    const { length } = node.asked;
    ink.clear();
    await quiet();
    expect(node.asked).toHaveLength(length);
  });

  it('comes back when it was cleared by mistake, until something else is drawn', async () => {
    const { ink, slides, node, pointsOn, quiet } = lesson();
    for (const x of [1, 2]) {
      ink.begin([x, x]);
      ink.end();
    }
    await quiet();
    ink.clear();
    expect(ink.mayUndo(1)).toBe(true);
    expect(ink.mayUndo(2)).toBe(false);
    slides.turn(2);
    ink.undo();
    expect(pointsOn(2)).toEqual([]);
    slides.turn(1);
    ink.begin([3, 3]);
    ink.end();
    ink.undo();
    expect(ink.mayUndo(1)).toBe(false);
    for (const x of [1, 2]) {
      ink.begin([x, x]);
      ink.end();
    }
    ink.clear();
    await quiet();
    ink.undo();
    expect(pointsOn(1)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    await quiet();
    expect([...node.kept.values()]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    ink.undo();
    expect(pointsOn(1)).toEqual([[1, 1]]);
  });

  it('of which the node takes no more keeps what it took, and says so', async () => {
    const { ink, node, pointsOn, quiet } = lesson();
    ink.begin([0, 0]);
    await vi.advanceTimersByTimeAsync(10);
    node.failures.push({ code: 'page_ink_full', arrives: false });
    ink.extend([500, 500]);
    await vi.advanceTimersByTimeAsync(200);
    ink.extend([900, 0]);
    ink.end();
    await quiet();
    expect(pointsOn(1)).toEqual([[0, 0]]);
    expect(ink.refusal.value).toEqual({ code: 'page_ink_full' });
    ink.clear();
    await quiet();
    expect(node.kept.size).toBe(0);
  });

  it('ends with the page that it is on, and is there again with it', async () => {
    const { ink, slides, handlers, pointsOn, quiet } = lesson();
    ink.begin([1, 1]);
    slides.turn(2);
    ink.extend([2, 2]);
    ink.begin([3, 3]);
    ink.end();
    expect(pointsOn(1)).toEqual([[1, 1]]);
    // The node tells of the page as it was before this stroke came to it.
    handlers.slideTurned?.({ page: 2, at: 0, ink: [stroke('before', 9, 9)] });
    expect(pointsOn(2)).toEqual([
      [9, 9],
      [3, 3],
    ]);
    await quiet();
    expect(pointsOn(2)).toEqual([
      [9, 9],
      [3, 3],
    ]);
  });

  it('goes with its slides', async () => {
    const { ink, node, handlers, pointsOn, quiet } = lesson();
    node.lost = true;
    ink.begin([1, 1]);
    handlers.slidesShown?.({ slides: { fileId: 'g', name: 'n', pages: 3 }, page: 1, at: 0, ink: [] });
    ink.extend([2, 2]);
    node.lost = false;
    await quiet();
    expect(pointsOn(1)).toEqual([]);
    expect(node.kept.size).toBe(0);
  });
});

describe('the ink that others see', () => {
  it('grows, is undone and cleared as the node tells it', () => {
    const { handlers, pointsOn } = lesson();
    handlers.strokeDrawn?.({ page: 1, from: 0, stroke: stroke('a', 1, 1, 2, 2) });
    handlers.strokeDrawn?.({ page: 1, from: 0, stroke: stroke('b', 5, 5) });
    handlers.strokeDrawn?.({ page: 1, from: 2, stroke: stroke('a', 3, 3) });
    handlers.strokeDrawn?.({ page: 3, from: 0, stroke: stroke('c', 7, 7) });
    expect(pointsOn(1)).toEqual([
      [1, 1, 2, 2, 3, 3],
      [5, 5],
    ]);
    handlers.strokeUndone?.({ page: 1, strokeId: 'b' });
    expect(pointsOn(1)).toEqual([[1, 1, 2, 2, 3, 3]]);
    handlers.inkCleared?.({ page: 1 });
    expect(pointsOn(1)).toEqual([]);
    expect(pointsOn(3)).toEqual([[7, 7]]);
  });

  it('is what the node says when somebody comes in, comes back or turns the page', () => {
    const { handlers, take, pointsOn } = lesson();
    handlers.strokeDrawn?.({ page: 1, from: 0, stroke: stroke('old', 1, 1) });
    const slides = { fileId: 'f', name: 'n', pages: 9 };
    take({ ...joinAnswer(1), slides, page: 1, ink: [stroke('new', 2, 2)] });
    expect(pointsOn(1)).toEqual([[2, 2]]);
    handlers.slideTurned?.({ page: 2, at: 0, ink: [stroke('other', 3, 3)] });
    expect(pointsOn(2)).toEqual([[3, 3]]);
  });
});
