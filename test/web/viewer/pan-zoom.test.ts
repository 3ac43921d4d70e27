import { expect, it } from 'vitest';
import { fitted, held, mostScale, panned, whole, zoomed } from '../../../web/viewer/pan-zoom.ts';

const stage = { width: 800, height: 600 };
const photo = { width: 4000, height: 2000 };

it('fits a picture whole, and enlarges no small one', () => {
  expect(fitted(photo, stage)).toEqual({ width: 800, height: 400 });
  expect(fitted({ width: 100, height: 50 }, stage)).toEqual({ width: 100, height: 50 });
});

it('zooms to two pixels of the screen for one, and at least four times', () => {
  expect(mostScale(photo, stage)).toBe(10);
  expect(mostScale({ width: 100, height: 50 }, stage)).toBe(4);
  expect(mostScale({ width: 0, height: 0 }, stage)).toBe(4);
});

it('keeps the point under the pointer', () => {
  const at = { x: 200, y: 50 };
  const near = zoomed(whole, 4, at, photo, stage);
  expect(near.scale).toBe(4);
  // The point of the picture that lay there lies there still.
  expect([(at.x - near.x) / near.scale, (at.y - near.y) / near.scale]).toEqual([200, 50]);
});

it('goes no further than whole, and then lies in the middle', () => {
  const near = zoomed(whole, 4, { x: 390, y: 190 }, photo, stage);
  expect(zoomed(near, 0.01, { x: -100, y: 0 }, photo, stage)).toEqual(whole);
  expect(zoomed(whole, 1e9, { x: 0, y: 0 }, photo, stage).scale).toBe(10);
});

it('is moved to its edges and not beyond', () => {
  const near = { scale: 2, x: 0, y: 0 };
  expect(panned(near, { x: 5000, y: -5000 }, photo, stage)).toEqual({ scale: 2, x: 400, y: -100 });
  expect(panned(whole, { x: 50, y: 50 }, photo, stage)).toEqual(whole);
  expect(held({ scale: 1, x: 3, y: 3 }, photo, stage)).toEqual(whole);
});
