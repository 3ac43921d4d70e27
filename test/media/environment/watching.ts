import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

const probed = z.object({
  format: z.object({ duration: z.coerce.number(), format_name: z.string() }),
  streams: z.array(
    z.object({
      codec_type: z.string(),
      codec_name: z.string(),
      width: z.number().optional(),
      height: z.number().optional(),
      nb_read_frames: z.coerce.number().optional(),
    }),
  ),
});

/** What ffprobe says of a file; frames are counted by decoding them. */
export async function probe(path: string) {
  const args = ['-v', 'error', '-count_frames', '-show_format', '-show_streams', '-of', 'json', path];
  const { stdout } = await run('ffprobe', args, { maxBuffer: 1e7 });
  return probed.parse(JSON.parse(stdout));
}

/** A stretch of a file, in seconds. */
export type Section = { from: number; length: number };
const inputOf = (path: string, section?: Section) =>
  section ? ['-ss', String(section.from), '-t', String(section.length), '-i', path] : ['-i', path];

/** Mean brightness of each picture, 0 to 255, and its time in seconds from the beginning of the section. */
export async function brightness(path: string, section?: Section): Promise<{ at: number; level: number }[]> {
  const filter = 'scale=32:18,format=gray,showinfo';
  const args = ['-hide_banner', ...inputOf(path, section), '-map', '0:v', '-vf', filter, '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', args, { maxBuffer: 1e8 });
  return [...stderr.matchAll(/pts_time:([\d.]+).*?mean:\[(\d+)/g)].map(([, at, level]) => ({
    at: Number(at),
    level: Number(level),
  }));
}

export const windowMs = 10;

/** Energy of a tone in each 10 ms (Goertzel's algorithm), 0 to about 1, from the sound mixed to one channel. */
export async function toneEnergy(path: string, hz: number, section?: Section): Promise<number[]> {
  const rate = 16_000;
  const args = [
    '-v',
    'error',
    ...inputOf(path, section),
    '-map',
    '0:a',
    '-ac',
    '1',
    '-ar',
    String(rate),
    '-f',
    'f32le',
    '-',
  ];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 1e8 });
  const samples = new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength));
  const size = (rate * windowMs) / 1000;
  const factor = 2 * Math.cos((2 * Math.PI * hz) / rate);
  const energies: number[] = [];
  for (let start = 0; start + size <= samples.length; start += size) {
    let [before, beforeThat] = [0, 0];
    for (let i = 0; i < size; i += 1) {
      [before, beforeThat] = [(samples[start + i] ?? 0) + factor * before - beforeThat, before];
    }
    const power = before ** 2 + beforeThat ** 2 - factor * before * beforeThat;
    energies.push((2 * Math.sqrt(Math.max(0, power))) / size);
  }
  return energies;
}

/** Moments (in seconds) at which a level rises over `threshold`. */
export function risings(levels: { at: number; level: number }[], threshold: number): number[] {
  return levels.flatMap(({ at, level }, index) =>
    level > threshold && (levels[index - 1]?.level ?? threshold) <= threshold ? [at] : [],
  );
}
