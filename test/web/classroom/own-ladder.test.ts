import { describe, expect, it } from 'vitest';
import type { Rung } from '../../../media/protocol.ts';
import { listeningDelayMs } from '../../../web/classroom/listening-delay.ts';
import { createOwnLadder } from '../../../web/classroom/own-ladder.ts';

describe('a room’s own ladder', () => {
  it('says what is to be seen on each rung, and remembers the last one', () => {
    let kept: Rung | undefined = 'low_video';
    const { ladder, handlers, take, remembered } = createOwnLadder({
      read: () => kept,
      write: (rung) => {
        kept = rung;
      },
    });
    expect(remembered()).toBe('low_video');
    take({ rung: 'low_video', why: null });
    const seen = () => [ladder.picture.value, ladder.thumbnails.value, ladder.slides.value];
    expect(seen()).toEqual([true, false, true]);
    const steps: [Rung, boolean[]][] = [
      ['slides_audio', [false, false, true]],
      ['audio', [false, false, false]],
      ['no_thumbnails', [true, false, true]],
      ['all', [true, true, true]],
    ];
    for (const [rung, shows] of steps) {
      handlers.rungChanged?.({ rung, why: { cause: 'speed', value: 60 } });
      expect(seen()).toEqual(shows);
      expect(remembered()).toBe(rung);
    }
  });

  it('remembers nothing where the machine is nobody’s room', () => {
    const { take, remembered } = createOwnLadder(null);
    take({ rung: 'audio', why: null });
    expect(remembered()).toBeUndefined();
  });
});

describe('how long sound waits', () => {
  const link = {
    rttMs: 20,
    loss: 0,
    downKbps: 500,
    upKbps: 10,
    fps: 20,
    frozen: 0,
    concealed: 0,
    path: 'udp' as const,
    rung: 'all' as const,
    why: null,
  };
  it.each([
    ['talking, whatever the line', { ...link, loss: 0.2 }, true, 0],
    ['listening on a good line', link, false, 400],
    ['before anything is known', null, false, 0],
    ['listening on a line that loses', { ...link, loss: 0.1 }, false, 800],
    ['listening on a thin line', { ...link, rung: 'slides_audio' as const }, false, 800],
  ])('%s', (_name, now, talking, ms) => {
    expect(listeningDelayMs(now, talking)).toBe(ms);
  });
});
