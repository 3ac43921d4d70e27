import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Plate, plateOf } from './colours.ts';

const run = promisify(execFile);
const rate = 16_000;
const windowSamples = rate / 2;
/** Short enough that a browser's microphone that skips, on a machine that is behind, breaks few of them. */
const momentSamples = rate / 20;
const framesPerSecond = 2;
const limits = { timeout: 120_000, maxBuffer: 256 * 1024 * 1024 };

async function decode(path: string, args: readonly string[]): Promise<Buffer> {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, ...args, '-'], { ...limits, encoding: 'buffer' });
  return stdout;
}

interface Energy {
  all: number;
  ofNote: number;
}

/** The energy of a moment, and that of one frequency in it (Goertzel's algorithm): about the same for a pure note. */
function energyOf(samples: Float32Array, hertz: number): Energy {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let before = 0;
  let last = 0;
  let all = 0;
  for (const sample of samples) {
    [before, last] = [last, sample + coefficient * last - before];
    all += sample * sample;
  }
  const power = before * before + last * last - coefficient * before * last;
  return { all, ofNote: (2 * power) / samples.length };
}

/** For every half second, whether the note clearly sounds in it. */
export async function soundingOf(path: string, hertz: number): Promise<boolean[]> {
  const pcm = await decode(path, ['-map', '0:a', '-ac', '1', '-ar', String(rate), '-f', 'f32le']);
  const samples = new Float32Array(pcm.buffer, pcm.byteOffset, Math.floor(pcm.length / 4));
  const windows = Math.floor(samples.length / windowSamples);
  return Array.from({ length: windows }, (_, index) => {
    const sum: Energy = { all: 0, ofNote: 0 };
    for (let at = index * windowSamples; at < (index + 1) * windowSamples; at += momentSamples) {
      const { all, ofNote } = energyOf(samples.subarray(at, at + momentSamples), hertz);
      sum.all += all;
      sum.ofNote += ofNote;
    }
    return sum.all > 1e-4 * windowSamples && sum.ofNote > 0.1 * sum.all;
  });
}

/** Shares of the width and height. */
interface Part {
  left: number;
  top: number;
  width: number;
  height: number;
}
const middle: Part = { left: 2 / 5, top: 1 / 5, width: 1 / 5, height: 1 / 5 };

/** The middle of a room's picture in the lower right corner. */
export const corner: Part = {
  left: 1 - 1 / 80 - (1 - middle.left) / 4,
  top: 1 - 1 / 45 - (1 - middle.top) / 4,
  width: middle.width / 4,
  height: middle.height / 4,
};

/** The plate that is shown at every half second. */
export async function platesOf(path: string, { left, top, width, height } = middle): Promise<(Plate | null)[]> {
  const crop = `fps=${framesPerSecond},crop=iw*${width}:ih*${height}:iw*${left}:ih*${top},scale=1:1`;
  const pixels = await decode(path, ['-map', '0:v', '-vf', crop, '-pix_fmt', 'rgb24', '-f', 'rawvideo']);
  return Array.from({ length: pixels.length / 3 }, (_, index) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(index * 3, index * 3 + 3);
    return plateOf([red, green, blue]);
  });
}

const probed = z.object({
  format: z.object({ duration: z.coerce.number() }),
  streams: z.array(z.object({ codec_name: z.string() })),
});

/** Length in seconds, and the codecs inside. */
export async function probe(path: string): Promise<{ seconds: number; codecs: string[] }> {
  const { stdout } = await run(
    'ffprobe',
    ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', path],
    limits,
  );
  const { format, streams } = probed.parse(JSON.parse(stdout));
  return { seconds: format.duration, codecs: streams.map(({ codec_name: name }) => name).sort() };
}
