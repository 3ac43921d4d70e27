import { expect, it } from 'vitest';
import { freePart } from '../../../web/classroom/free-part.ts';

const page = 844;

it('is told of a page over which a keyboard lies', () => {
  expect(freePart({ height: 508.4, offsetTop: 120.2, scale: 1 }, page)).toEqual({ top: 120, height: 508 });
});

it('leaves the page alone while only the bars of the browser come and go', () => {
  expect(freePart({ height: 844, offsetTop: 0, scale: 1 }, page)).toBeNull();
  expect(freePart({ height: 760, offsetTop: 0, scale: 1 }, page)).toBeNull();
});

it('leaves the page alone while somebody has zoomed into it', () => {
  expect(freePart({ height: 400, offsetTop: 50, scale: 2.1 }, page)).toBeNull();
});
