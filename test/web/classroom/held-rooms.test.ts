import { expect, it } from 'vitest';
import type { ClassSession } from '../../../web/api/types.ts';
import { heldBy } from '../../../web/classroom/held-rooms.ts';

/** As far as it matters for where a room is. */
const lesson = (id: string, ...roomIds: string[]): ClassSession =>
  ({ id, rooms: roomIds.map((roomId) => ({ id: roomId })) }) as ClassSession;

it('says which lesson each room is still in, the first of several, and never the own one', () => {
  const live = [lesson('early', 'a'), lesson('late', 'a', 'b'), lesson('own', 'a', 'b', 'c')];
  const held = heldBy(lesson('own', 'a', 'b', 'c'), live);
  expect([...held].map(([roomId, { id }]) => [roomId, id]).sort()).toEqual([
    ['a', 'early'],
    ['b', 'late'],
  ]);
});
