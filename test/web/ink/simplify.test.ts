import { expect, it } from 'vitest';
import { simplify } from '../../../web/ink/simplify.ts';

it('keeps the ends of a straight line, and the corners between', () => {
  const across = Array.from({ length: 50 }, (_, index) => [index * 100, 1_000 + (index % 2)]).flat();
  expect(simplify(across)).toEqual([0, 1_000, 4_900, 1_001]);
  expect(simplify([0, 0, 50, 0, 100, 0, 100, 50, 100, 100])).toEqual([0, 0, 100, 0, 100, 100]);
});

it('never leaves the line that was drawn, and says it with far fewer points', () => {
  const drawn = Array.from({ length: 240 }, (_, index) => [
    Math.round(5_000 + 900 * Math.cos(index / 20)),
    Math.round(5_000 + 900 * Math.sin(index / 20)),
  ]).flat();
  const fewer = simplify(drawn);
  expect(fewer.length).toBeLessThan(drawn.length / 3);
  expect(fewer.slice(0, 2)).toEqual(drawn.slice(0, 2));
  expect(fewer.slice(-2)).toEqual(drawn.slice(-2));
  for (let index = 0; index + 1 < fewer.length; index += 2) {
    const [x = 0, y = 0] = fewer.slice(index, index + 2);
    expect(Math.abs(Math.hypot(x - 5_000, y - 5_000) - 900)).toBeLessThan(2);
  }
});

it('leaves a dot, a hand that stands still, and a way there and back', () => {
  expect(simplify([7, 7])).toEqual([7, 7]);
  expect(simplify([7, 7, 7, 7, 7, 7])).toEqual([7, 7, 7, 7]);
  expect(simplify([0, 0, 500, 0, 0, 0])).toEqual([0, 0, 500, 0, 0, 0]);
});
