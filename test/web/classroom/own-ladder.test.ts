import { describe, expect, it } from 'vitest';
import type { Rung } from '../../../media/protocol.ts';
import type { LineMemory } from '../../../web/classroom/known-line.ts';
import { createOwnLadder } from '../../../web/classroom/own-ladder.ts';

describe('a room’s own ladder', () => {
  it('says what is to be seen on each rung, and remembers the last one', () => {
    const kept: ReturnType<LineMemory['read']> = { rung: 'low_video' };
    const { ladder, handlers, take, remembered } = createOwnLadder({
      read: () => kept,
      write: (line) => Object.assign(kept, line),
    });
    expect(remembered()).toEqual({ rung: 'low_video' });
    take({ rung: 'low_video', why: null });
    const seen = () => [ladder.picture.value, ladder.thumbnails.value, ladder.slides.value];
    expect(seen()).toEqual([true, false, true]);
    const steps: [Rung, boolean[]][] = [
      ['slides_audio', [false, false, true]],
      ['audio', [false, false, false]],
      ['no_thumbnails', [true, false, true]],
    ];
    for (const [rung, shows] of steps) {
      handlers.rungChanged?.({ rung, why: { cause: 'speed', value: 60 } });
      expect(seen()).toEqual(shows);
      expect(remembered()).toEqual({ rung, downKbps: 60 });
    }
    handlers.rungChanged?.({ rung: 'all', why: null });
    expect(seen()).toEqual([true, true, true]);
    // More went through than was known.
    expect(remembered()).toEqual({ rung: 'all', downKbps: null });
  });

  it('remembers nothing where the machine is nobody’s room', () => {
    const { take, remembered } = createOwnLadder(null);
    take({ rung: 'audio', why: null });
    expect(remembered()).toEqual({});
  });
});
