import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Converter } from '../../sandbox/converter.ts';
import { onlyFiles } from '../media.ts';
import type { Plan } from './plan.ts';
import { readSource, type Source } from './source.ts';

export interface EncoderOptions {
  convert: Converter;
  programs: { ffprobe: string; ffmpeg: string };
}

export interface Given {
  source: string;
  /** Private to this job and writable for converters. */
  folder: string;
  signal: AbortSignal;
}

const GiB = 1024 ** 3;
const PROBE_MS = 120_000;
const ENCODE_MS = 100 * 60_000;
const LOOK_MS = 1000;

/** Seconds that ffmpeg has written, by the last of what `-progress` tells; 0 before the first. */
async function readProgress(path: string): Promise<number> {
  const told = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return Number([...told.matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1] ?? 0) / 1_000_000;
}

/** Told every second how far the work is. */
export type TellSeconds = (seconds: number) => Promise<void>;

export interface Encoder {
  probe(given: Given): Promise<Source>;
  /** Runs ffmpeg on the source; the arguments stand behind it. @param name of the work, its own in the folder. */
  run(given: Given, name: string, args: readonly string[], onSeconds: TellSeconds): Promise<void>;
  /** @returns the path of what was made. */
  encode(given: Given, plan: Plan, onSeconds: TellSeconds): Promise<string>;
}

export function createEncoder({ convert, programs }: EncoderOptions): Encoder {
  const limits = ({ folder, signal }: Given) => ({
    folder,
    signal,
    memoryBytes: 3 * GiB,
    fileBytes: 8 * GiB,
  });

  async function run(given: Given, name: string, args: readonly string[], onSeconds: TellSeconds): Promise<void> {
    const progress = join(given.folder, `${name}.progress`);
    const work = convert({
      ...limits(given),
      program: programs.ffmpeg,
      args: [
        // Other work of the machine goes first.
        ...['-nostdin', '-v', 'error', '-progress', progress, '-threads', '1', ...onlyFiles, '-i', given.source],
        ...args,
      ],
      timeoutMs: ENCODE_MS,
    });
    const ended = work.then(
      () => true,
      () => true,
    );
    for (;;) {
      const { promise: pause, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => resolve(false), LOOK_MS);
      const isOver = await Promise.race([ended, pause]);
      clearTimeout(timer);
      if (isOver) break;
      await onSeconds(await readProgress(progress));
    }
    await work;
  }

  return {
    run,

    async probe(given) {
      const args = ['-v', 'error', ...onlyFiles, '-of', 'json', '-show_format', '-show_streams', given.source];
      return readSource(await convert({ ...limits(given), program: programs.ffprobe, args, timeoutMs: PROBE_MS }));
    },

    async encode(given, plan, onSeconds) {
      const target = join(given.folder, `${plan.name}.mp4`);
      // Where and with what a film was taken is nobody's business.
      const bare = ['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn', '-threads', '1'];
      const container = ['-movflags', '+faststart', '-f', 'mp4', '-y', target];
      await run(given, plan.name, [...plan.args, ...bare, ...container], onSeconds);
      return target;
    },
  };
}
