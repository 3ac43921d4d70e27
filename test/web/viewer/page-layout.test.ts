import { expect, it } from 'vitest';
import {
  anchorAt,
  columnHeight,
  heightOf,
  layPages,
  pageAt,
  pageGap,
  pagesNear,
  stepZoom,
  usualRatio,
  usualZoom,
} from '../../../web/viewer/page-layout.ts';

const stage = { width: 800, height: 500 };

it('lays upright and lying pages under each other', () => {
  const boxes = layPages([0.5, 2], 'width', stage);
  expect(boxes).toEqual([
    { number: 1, top: 0, width: 800, height: 1600 },
    { number: 2, top: 1600 + pageGap, width: 800, height: 400 },
  ]);
  expect(columnHeight(boxes)).toBe(1600 + pageGap + 400);
  expect(columnHeight([])).toBe(0);
});

it('shows slides whole, texts as wide as can be, and a strip of a table as large as it is sharp', () => {
  expect([usualZoom(16 / 9, stage), usualZoom(usualRatio, stage)]).toEqual(['page', 'width']);
  expect(usualZoom(10, stage)).toBe(1.6);
  expect(usualZoom(10, { width: 330, height: 300 })).toBeCloseTo(1280 / 330);
  expect([usualZoom(10, { width: 200, height: 300 }), usualZoom(10, { width: 1900, height: 900 })]).toEqual([4, 1]);
});

it('shows whole pages, none wider or higher than the stage', () => {
  const [upright, lying] = layPages([0.5, 2], 'page', stage);
  expect(upright).toMatchObject({ width: 250, height: 500 });
  expect(lying).toMatchObject({ width: 800, height: 400 });
});

it('enlarges in proportion to the stage', () => {
  expect(layPages([2], 1.5, stage)[0]).toMatchObject({ width: 1200, height: 600 });
});

it('finds the page at a height, the gap behind it included', () => {
  const boxes = layPages(
    Array.from({ length: 300 }, () => 2),
    'width',
    stage,
  );
  expect([-5, 0, 399, 400 + pageGap - 1, 400 + pageGap].map((y) => pageAt(boxes, y))).toEqual([1, 1, 1, 1, 2]);
  expect(pageAt(boxes, 1e9)).toBe(300);
  expect(pageAt([], 5)).toBe(1);
});

it('loads the pages around, however many there are', () => {
  const boxes = layPages(
    Array.from({ length: 300 }, () => usualRatio),
    'width',
    stage,
  );
  const middle = boxes[149]?.top ?? 0;
  expect(pagesNear(boxes, middle, stage.height)).toEqual([149, 150, 151]);
  expect(pagesNear(boxes, 0, stage.height)).toEqual([1, 2]);
  expect(pagesNear(boxes, columnHeight(boxes) - stage.height, stage.height)).toEqual([300]);
  const whole = layPages(
    Array.from({ length: 300 }, () => usualRatio),
    'page',
    stage,
  );
  expect(pagesNear(whole, whole[9]?.top ?? 0, stage.height)).toEqual([9, 10, 11]);
  expect(pagesNear([], 0, 0)).toEqual([1]);
});

it('keeps the place when the zoom changes', () => {
  const ratios = [0.7, 1.4, 0.7, 2];
  const before = layPages(ratios, 'width', stage);
  for (const y of [0, 300, 1200, 2000, columnHeight(before)]) {
    const anchor = anchorAt(before, y);
    expect(heightOf(before, anchor)).toBeCloseTo(y, 6);
    const after = layPages(ratios, 3, stage);
    expect(anchorAt(after, heightOf(after, anchor)).page).toBe(anchor.page);
  }
});

it('steps from any scale to the next round one, and no further than the ends', () => {
  expect([stepZoom(1, 1), stepZoom(0.41, 1), stepZoom(1, -1), stepZoom(0.41, -1)]).toEqual([1.25, 0.5, 0.75, 0.25]);
  expect([stepZoom(4, 1), stepZoom(0.1, -1)]).toEqual([4, 0.25]);
});
