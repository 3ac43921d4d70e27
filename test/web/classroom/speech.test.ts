import { describe, expect, it } from 'vitest';
import { readEveryMs } from '../../../web/classroom/sound-level.ts';
import { createSpeechWatch } from '../../../web/classroom/speech.ts';

/** A sound in a row of others: how loud, on the scale of `useSoundLevel`, and for how long. */
type Sound = [level: number, ms: number];

/** A sentence with its syllables, as they come out of a microphone that is set well. */
const sentence = (loudness = 0.7): Sound[] =>
  [240, 320, 160, 400, 240, 320, 160, 240].flatMap((ms): Sound[] => [
    [loudness, ms],
    [0.15, 80],
  ]);

/** Hears all of it. @returns how often speech began, and whether it is still under way at the end */
function hear(...sounds: Sound[]): { begun: number; speaking: boolean } {
  const watch = createSpeechWatch();
  let [at, begun, speaking] = [1_000_000, 0, false];
  for (const [level, ms] of sounds) {
    for (let left = ms; left > 0; left -= readEveryMs) {
      at += readEveryMs;
      const now = watch(level, at);
      if (now && !speaking) begun += 1;
      speaking = now;
    }
  }
  return { begun, speaking };
}

describe('speech into a microphone that is closed', () => {
  it('is told within a sentence, loud or soft, in a quiet room or in one with a fan', () => {
    expect(hear([0.05, 5_000], ...sentence())).toEqual({ begun: 1, speaking: true });
    expect(hear([0.05, 5_000], ...sentence(0.4))).toEqual({ begun: 1, speaking: true });
    const aboveFan = sentence(0.75).map(([level, ms]): Sound => [Math.max(level, 0.45), ms]);
    expect(hear([0.45, 5_000], ...aboveFan)).toEqual({ begun: 1, speaking: true });
    expect(hear(...sentence()), 'in the middle of which the microphone was closed').toEqual({
      begun: 1,
      speaking: true,
    });
  });

  it('goes on through the pauses between sentences, and is over after a silence', () => {
    const talk = [...sentence(), [0.05, 3_000], ...sentence(), [0.05, 2_000], ...sentence()] satisfies Sound[];
    expect(hear(...talk)).toEqual({ begun: 1, speaking: true });
    expect(hear(...talk, [0.05, 4_500])).toEqual({ begun: 1, speaking: false });
    expect(hear(...talk, [0.05, 60_000], ...sentence())).toEqual({ begun: 2, speaking: true });
  });

  it('is not silence, and no noise that goes on and on', () => {
    expect(hear([0, 60_000])).toEqual({ begun: 0, speaking: false });
    expect(hear([0.05, 3_000], [0.7, 60_000], [0.05, 3_000], [0.9, 10_000])).toEqual({ begun: 0, speaking: false });
  });

  it('is no cough, no door, and no book that falls now and then', () => {
    const cough: Sound[] = [
      [0.8, 240],
      [0.1, 160],
      [0.8, 240],
    ];
    const bang: Sound = [0.95, 320];
    expect(hear([0.05, 3_000], ...cough, [0.05, 2_000], bang, [0.05, 3_000], bang, [0.05, 2_500], ...cough)).toEqual({
      begun: 0,
      speaking: false,
    });
  });

  it('is nothing that stays below the loudness of a voice', () => {
    const whispers = sentence(0.26);
    expect(hear(...whispers, ...whispers, ...whispers)).toEqual({ begun: 0, speaking: false });
  });

  it('ends under a noise that begins and stays', () => {
    expect(hear(...sentence(), [0.8, 12_000])).toEqual({ begun: 1, speaking: false });
  });
});
