import type { Found } from '../api/types.ts';
import { pause, within } from './pauses.ts';

/** A short chime of two notes: that both are heard, each in its time, is no accident of a noisy room. */
const notesHz = [880, 1320] as const;
const noteMs = 700;
const beforeMs = 700;
const lookEveryMs = 50;
const loudness = 0.25;
const resumeMs = 1500;
/** Longer than the time between two looks, so that nothing is missed, also by a machine that is busy. */
const fftSize = 8192;
/** How long a moment is that is called loud: a fiftieth of a second. */
const momentSamples = 1024;
/** So much louder than before the note's own band has to be (dB). */
const risesByDb = 10;
const silenceDb = -200;

export interface Heard {
  loudspeaker: Found['loudspeaker']['state'];
  /** The loudest moment; null when this page may not listen. */
  levelDb: number | null;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? silenceDb;

/** Whether each note's band rose while it sounded; of each note the levels before and during. */
export function rose(notes: readonly { before: readonly number[]; during: readonly number[] }[]): boolean {
  return notes.every(
    ({ before, during }) => before.length > 0 && during.length > 0 && median(during) - median(before) >= risesByDb,
  );
}

function play(context: AudioContext, frequency: number): void {
  const [tone, gain] = [context.createOscillator(), context.createGain()];
  const [now, seconds] = [context.currentTime, noteMs / 1000];
  tone.frequency.value = frequency;
  // Without a click at either end.
  gain.gain.setValueAtTime(0, now);
  gain.gain.linearRampToValueAtTime(loudness, now + 0.03);
  gain.gain.setValueAtTime(loudness, now + seconds - 0.06);
  gain.gain.linearRampToValueAtTime(0, now + seconds);
  tone.connect(gain).connect(context.destination);
  tone.start(now);
  tone.stop(now + seconds);
}

function listenTo(context: AudioContext, track: MediaStreamTrack) {
  const analyser = context.createAnalyser();
  analyser.fftSize = fftSize;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const bands = new Float32Array(analyser.frequencyBinCount);
  const samples = new Float32Array(fftSize);
  let loudest = silenceDb;
  return {
    /** Level of each note's band now (dB). */
    look(): number[] {
      analyser.getFloatFrequencyData(bands);
      analyser.getFloatTimeDomainData(samples);
      for (let from = 0; from < samples.length; from += momentSamples) {
        const moment = samples.subarray(from, from + momentSamples);
        const power = moment.reduce((sum, sample) => sum + sample * sample, 0) / moment.length;
        if (power > 0) loudest = Math.max(loudest, 10 * Math.log10(power));
      }
      return notesHz.map((frequency) => {
        const bin = Math.round((frequency * fftSize) / context.sampleRate);
        return Math.max(silenceDb, ...bands.slice(bin - 2, bin + 3));
      });
    },
    loudest: () => Math.min(0, loudest),
  };
}

/** Plays the chime and listens whether the microphone hears it. Without a microphone it is only played. */
export async function chime(microphone: MediaStreamTrack | null, signal: AbortSignal): Promise<Heard> {
  const context = new AudioContext();
  try {
    await within(resumeMs, signal, context.resume());
    if (context.state !== 'running') return { loudspeaker: 'blocked', levelDb: null };
    const ear = microphone && listenTo(context, microphone);
    const levels = async (ms: number): Promise<number[][]> => {
      const seen: number[][] = [];
      for (let spent = 0; spent < ms; spent += lookEveryMs) {
        await pause(lookEveryMs, signal);
        if (ear) seen.push(ear.look());
      }
      return seen;
    };
    const before = await levels(beforeMs);
    const notes: { before: number[]; during: number[] }[] = [];
    for (const [index, frequency] of notesHz.entries()) {
      play(context, frequency);
      const during = await levels(noteMs);
      const ofNote = (seen: number[][]): number[] => seen.map((bands) => bands[index] ?? silenceDb);
      notes.push({ before: ofNote(before), during: ofNote(during) });
    }
    if (!ear) return { loudspeaker: 'unknown', levelDb: null };
    return { loudspeaker: rose(notes) ? 'heard' : 'not_heard', levelDb: ear.loudest() };
  } finally {
    await context.close();
  }
}
