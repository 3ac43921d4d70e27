import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Encoder, Given, TellSeconds } from './encoder.ts';
import type { Source } from './source.ts';

/** As many as a wide screen shows apart. */
const PARTS = 600;
const LOUDEST = 100;
const RATE = 4000;
const SAMPLE_BYTES = 2;

/**
 * Lowest and highest of each part of the sound in turns, from -100 to 100: at most 1200 numbers.
 * @returns null of what has no sound.
 */
export async function drawWaveform(
  encoder: Encoder,
  given: Given,
  { audio }: Source,
  onSeconds: TellSeconds,
): Promise<number[] | null> {
  if (!audio) return null;
  const path = join(given.folder, 'sound.raw');
  const args = ['-map', `0:${audio.index}`, '-vn', '-ac', '1', '-ar', `${RATE}`, '-f', 's16le', '-y', path];
  await encoder.run(given, 'waveform', args, onSeconds);
  const samples = Math.floor((await stat(path)).size / SAMPLE_BYTES);
  if (samples === 0) return null;
  const parts = Math.min(PARTS, samples);
  const peaks = Array.from({ length: parts }, () => ({ low: 0, high: 0 }));
  let at = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    given.signal.throwIfAborted();
    const piece = Buffer.concat([rest, chunk as Buffer]);
    const whole = piece.length - (piece.length % SAMPLE_BYTES);
    for (let offset = 0; offset < whole; offset += SAMPLE_BYTES, at++) {
      const part = peaks[Math.floor((at * parts) / samples)];
      if (!part) break;
      const value = piece.readInt16LE(offset);
      if (value < part.low) part.low = value;
      if (value > part.high) part.high = value;
    }
    rest = piece.subarray(whole);
  }
  // Quiet speech is to be seen as well as loud music.
  const loudest = Math.max(...peaks.map(({ low, high }) => Math.max(-low, high)));
  if (loudest === 0) return null;
  return peaks.flatMap(({ low, high }) => [low, high].map((value) => Math.round((value * LOUDEST) / loudest)));
}
