import { readEveryMs } from './sound-level.ts';

/** What is looked back on to tell speech from noise. */
const windowMs = 3_000;
/** Of it so much must sound: a cough, a door or a fallen book is over sooner. */
const soundingMs = 900;
/** In so many parts: speech has pauses, and a fan or a tractor has none. */
const parts = 2;
/** Quieter than this nobody speaks into a microphone (a level as of `useSoundLevel`: -42 dBFS). */
const quietest = 0.3;
/** So much must it stand out from what is there anyway (12 dB). */
const standsOut = 0.2;
/** Between two sentences one draws breath, turns to the blackboard, waits for an answer. */
const overAfterMs = 4_000;

/**
 * Tells from readings of a level whether somebody speaks. A stretch of speech begins with more than a sound, and ends only after a
 * silence, so that what is shown of it neither jumps up for nothing nor flickers.
 * @returns takes a reading and when it was made (milliseconds), answers whether a stretch of speech is under way
 */
export function createSpeechWatch(): (level: number, at: number) => boolean {
  let readings: { level: number; at: number }[] = [];
  let soundedAt = Number.NEGATIVE_INFINITY;
  let speaking = false;

  return (level, at) => {
    readings = [...readings.filter((reading) => at - reading.at < windowMs), { level, at }];
    const around = Math.min(...readings.map((reading) => reading.level));
    const sounds = readings.map((reading) => reading.level >= Math.max(quietest, around + standsOut));
    if (sounds.at(-1)) soundedAt = at;
    const begun = sounds.filter((sound, index) => sound && !sounds[index - 1]).length;
    const sounding = sounds.filter(Boolean).length * readEveryMs;
    speaking = speaking ? at - soundedAt < overAfterMs : begun >= parts && sounding >= soundingMs;
    return speaking;
  };
}
