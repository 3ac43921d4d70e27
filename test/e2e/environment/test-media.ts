import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Capture } from './chromium.ts';
import { hex, type Plate } from './colours.ts';
import { card, type Drawing, drawingPng } from './drawings.ts';

const run = promisify(execFile);
const ffmpeg = (args: readonly string[]) => run('ffmpeg', ['-v', 'error', '-y', ...args], { timeout: 120_000 });
const MiB = 1024 * 1024;

/** The lecture shows one plate a second, over and over, and sounds one note. */
export const lecture = { plates: ['red', 'green', 'blue', 'yellow'], toneHz: 880, bytes: 200 * MiB } as const;

interface Plates {
  plates: readonly Plate[];
  size: string;
  rate: number;
}

/** Inputs and the filter that shows each plate for a second: `[plate]`. */
function slideShow({ plates, size, rate }: Plates): { inputs: string[]; filter: string } {
  const inputs = plates.flatMap((plate) => ['-f', 'lavfi', '-i', `color=${hex(plate)}:size=${size}:rate=${rate}:d=1`]);
  const labels = plates.map((_, index) => `[${index}:v]`).join('');
  return { inputs, filter: `${labels}concat=n=${plates.length},format=yuv420p[plate]` };
}

/** A microlecture of at least `lecture.bytes` that browsers play: noise below the plates makes it as large as that. */
export async function makeLecture(folder: string, name: string): Promise<string> {
  const round = join(folder, 'round.mp4');
  const show = slideShow({ plates: lecture.plates, size: '854x480', rate: 25 });
  const noise =
    '[plate]split[clean][below];[below]crop=854:120:0:360,noise=alls=100:allf=t[noise];[clean][noise]overlay=0:360';
  await ffmpeg([
    ...show.inputs,
    ...['-filter_complex', `${show.filter};${noise}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '18', '-g', '25', '-pix_fmt', 'yuv420p', round],
  ]);
  const rounds = Math.ceil(lecture.bytes / (await stat(round)).size);
  const path = join(folder, name);
  const tone = `sine=${lecture.toneHz}:sample_rate=48000:duration=${rounds * lecture.plates.length}`;
  await ffmpeg([
    ...['-stream_loop', String(rounds - 1), '-i', round, '-f', 'lavfi', '-i', tone],
    ...['-map', '0:v', '-c:v', 'copy', '-map', '1:a', '-c:a', 'aac', '-movflags', '+faststart', path],
  ]);
  return path;
}

export interface CaptureContent {
  drawing: Drawing;
  plates: readonly Plate[];
  toneHz: number;
  /** Of the notes, up to 1. */
  loudness: number;
}

const camera = { width: 1280, height: 720, rate: 15 };

/**
 * What a fake camera and a fake microphone deliver: a drawing with a card that shows a plate a second, and short notes.
 * Notes, because the browser's noise suppression takes a tone that goes on and on for the hum of a fan.
 */
export async function makeCapture(
  folder: string,
  { drawing, plates, toneHz, loudness }: CaptureContent,
): Promise<Capture> {
  const file = (extension: string) => join(folder, `${drawing}.${extension}`);
  await writeFile(file('png'), await drawingPng(drawing));
  const { width, height, rate } = camera;
  const show = slideShow({ plates, size: `${width * card.width}x${height * card.height}`, rate });
  const hung = `[${plates.length}:v][plate]overlay=${width * card.left}:${height * card.top}:shortest=1,format=yuv420p[out]`;
  const drawn = ['-loop', '1', '-framerate', String(rate), '-i', file('png')];
  await ffmpeg([...show.inputs, ...drawn, '-filter_complex', `${show.filter};${hung}`, '-map', '[out]', file('y4m')]);
  const notes = `aevalsrc=${loudness}*sin(2*PI*${toneHz}*t)*lt(mod(t\\,0.5)\\,0.3):s=48000:d=10`;
  await ffmpeg(['-f', 'lavfi', '-i', notes, '-c:a', 'pcm_s16le', file('wav')]);
  return { video: file('y4m'), audio: file('wav') };
}
