import { describe, expect, it } from 'vitest';
import { staleWords } from '../../../web/classroom/stale-picture.ts';

const at = 1_000_000;
const aged = (ms: number, connected: boolean) => staleWords({ at, connected }, at + ms);

describe('the age of a picture on the wall', () => {
  it('is no matter while the room sends pictures, also on a thin line', () => {
    expect([aged(0, true), aged(6_000, true), aged(24_000, true)]).toEqual([null, null, null]);
  });

  it('is told at once when the line is gone', () => {
    expect(aged(3_400, false)).toEqual({ key: 'classroom.studio.pictureSeconds', n: 3 });
    expect(aged(-50, false)).toEqual({ key: 'classroom.studio.pictureSeconds', n: 1 });
  });

  it('is told of a room that is here and whose pictures do not come any more', () => {
    expect(aged(40_000, true)).toEqual({ key: 'classroom.studio.pictureSeconds', n: 40 });
    expect(aged(185_000, true)).toEqual({ key: 'classroom.studio.pictureMinutes', n: 3 });
  });
});
