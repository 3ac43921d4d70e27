import { describe, expect, it } from 'vitest';
import { wallShape } from '../../../web/classroom/wall-shape.ts';

const shapeOf = (rooms: number, onStage: number) => {
  const { stage, rooms: others } = wallShape(rooms, onStage);
  return [`${stage.rows}×${stage.columns}`, `${others.rows}×${others.columns}`];
};

describe('the wall of rooms', () => {
  it('gives few rooms its whole width, and more of them a half', () => {
    expect([1, 3, 4, 8].map((rooms) => shapeOf(rooms, 0)[1])).toEqual(['1×1', '3×1', '2×2', '4×2']);
  });

  it('shows who is on stage over the whole width, two of them side by side', () => {
    expect([1, 2, 3, 4].map((onStage) => shapeOf(8, onStage)[0])).toEqual(['1×1', '1×2', '2×2', '2×2']);
  });

  it('has no more rows than can be seen at once, however many of eight rooms are on stage', () => {
    for (let rooms = 1; rooms <= 8; rooms += 1) {
      for (let onStage = 0; onStage <= Math.min(4, rooms); onStage += 1) {
        const { stage, rooms: others } = wallShape(rooms, onStage);
        expect(stage.rows * 1.5 + others.rows, `${rooms} rooms, ${onStage} on stage`).toBeLessThanOrEqual(5);
      }
    }
  });

  it('has a place for every room', () => {
    for (const [rooms, onStage] of [
      [3, 3],
      [9, 0],
      [12, 4],
      [20, 1],
    ] as const) {
      const { stage, rooms: others } = wallShape(rooms, onStage);
      expect(stage.rows * stage.columns).toBeGreaterThanOrEqual(onStage);
      expect(others.rows * others.columns).toBeGreaterThanOrEqual(rooms - onStage);
    }
  });

  it('sets the words beside the picture where pictures would be flat strips', () => {
    expect(wallShape(3, 0).rooms.beside).toBe(true);
    expect(wallShape(8, 1).stage.beside).toBe(true);
    expect([wallShape(1, 0).rooms.beside, wallShape(3, 1).stage.beside, wallShape(8, 0).rooms.beside]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
