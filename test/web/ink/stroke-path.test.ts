import { expect, it } from 'vitest';
import { pathOf } from '../../../web/ink/stroke-path.ts';

/** Numbers of a path, in order. */
const numbers = (path: string): number[] => (path.match(/-?[\d.]+/g) ?? []).map(Number);

it('draws a tap as a dot, and nothing as nothing', () => {
  expect(pathOf([], 1)).toBe('');
  expect(pathOf([100, 200], 2)).toBe('M100 100h0');
  expect(pathOf([100, 200, 100, 200], 2)).toBe('M100 100h0');
});

it('is as thick across as along: heights are in the unit of widths', () => {
  expect(pathOf([0, 0, 9_000, 9_000], 16 / 9)).toBe('M0 0C3000 1687.5 6000 3375 9000 5062.5');
});

it('goes through every point, and keeps the corners of a square', () => {
  const square = [1_000, 1_000, 5_000, 1_000, 5_000, 5_000, 1_000, 5_000, 1_000, 1_000];
  const all = numbers(pathOf(square, 1));
  // Straight: the handles of each side lie on it.
  for (let side = 0; side < 4; side += 1) {
    const [x1, y1, x2, y2, x, y] = all.slice(2 + 6 * side, 8 + 6 * side);
    expect([x, y]).toEqual(square.slice(2 + 2 * side, 4 + 2 * side));
    if (side % 2 === 0) expect([y1, y2]).toEqual([y, y]);
    else expect([x1, x2]).toEqual([x, x]);
  }
});

it('is round where a circle was drawn', () => {
  const points = Array.from({ length: 17 }, (_, index) => [
    Math.round(5_000 + 2_000 * Math.cos((index / 8) * Math.PI)),
    Math.round(5_000 + 2_000 * Math.sin((index / 8) * Math.PI)),
  ]).flat();
  const all = numbers(pathOf(points, 1));
  for (let arc = 1; arc < 15; arc += 1) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x = 0, y = 0] = all.slice(6 * arc, 6 * arc + 8);
    // The middle of each part (t = 1/2 of a cubic curve) lies on the circle too: a chord would be 38 off.
    const middle = [(x0 + 3 * x1 + 3 * x2 + x) / 8 - 5_000, (y0 + 3 * y1 + 3 * y2 + y) / 8 - 5_000] as const;
    expect(Math.abs(Math.hypot(...middle) - 2_000)).toBeLessThan(6);
  }
});

it('does not bend a long straight line by the hook at its end', () => {
  const all = numbers(pathOf([0, 5_000, 9_000, 5_000, 9_100, 5_040], 1));
  const bulge = Math.max(...all.filter((_, index) => index % 2 === 1 && index < 8).map((y) => Math.abs(y - 5_000)));
  expect(bulge).toBeLessThan(15);
});
