import { expect, it } from 'vitest';
import { Ink } from '../../media/ink.ts';
import type { InkEvent } from '../../media/recorded-event.ts';

const page = { fileId: 'file', page: 1 };
const stroke = (id: string, count: number) => ({
  ...({ id, color: 'blue', width: 'thick' } as const),
  points: Array.from({ length: 2 * count }, () => 7),
});

it('takes four hundred strokes a page, dots as well', () => {
  const ink = new Ink([]);
  for (let i = 0; i < 400; i += 1) ink.draw(page, { from: 0, stroke: stroke(`s${i}`, 1) });
  expect(() => ink.draw(page, { from: 0, stroke: stroke('more', 1) })).toThrow('page_ink_full');
  // One that is there may still grow, and there is room where one was taken away.
  expect(ink.draw(page, { from: 1, stroke: stroke('s9', 5) })).toMatchObject({ points: 6 });
  expect(ink.undo(page, 's0')).toBe(true);
  expect(ink.draw(page, { from: 0, stroke: stroke('more', 1) }).piece).not.toBeNull();
  expect(ink.on(page)).toHaveLength(400);
});

it('takes forty thousand points a lesson, whatever was taken away of them', () => {
  const ink = new Ink([]);
  for (let number = 1; number <= 10; number += 1) {
    ink.draw({ ...page, page: number }, { from: 0, stroke: stroke('s', 4_000) });
    ink.clear({ ...page, page: number });
  }
  expect(() => ink.draw(page, { from: 0, stroke: stroke('s', 1) })).toThrow('lesson_ink_full');
});

it('goes on from what was drawn before a restart', () => {
  const events: InkEvent[] = [
    { ...page, type: 'stroke', from: 0, stroke: stroke('a', 2) },
    { ...page, type: 'stroke', from: 1, stroke: stroke('a', 2) },
    { ...page, type: 'stroke', from: 0, stroke: stroke('b', 1) },
    { ...page, page: 2, type: 'stroke', from: 0, stroke: stroke('c', 1) },
    { ...page, type: 'strokeUndone', strokeId: 'b' },
    { ...page, page: 2, type: 'inkCleared' },
  ];
  const ink = new Ink(events);
  expect(ink.on(page)).toEqual([stroke('a', 3)]);
  expect(ink.on({ ...page, page: 2 })).toEqual([]);
});
