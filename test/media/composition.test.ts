import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compose, placesOf } from '../../media/finishing/composition.ts';
import { runFfmpeg } from '../../media/finishing/program.ts';
import { makeRunFolder } from '../environment/folder.ts';

const run = promisify(execFile);
const ffmpeg = (args: string[]) => run('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'buffer' });
let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await makeRunFolder();
});
afterAll(() => rm(folder, { recursive: true }));

/** The colour of the whole picture at every half second, as rrggbb. */
async function coloursOf(video: string): Promise<string[]> {
  const halves = ['-vf', 'fps=2,scale=1:1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'];
  const { stdout } = await ffmpeg(['-i', video, ...halves]);
  return stdout.toString('hex').match(/.{6}/g) ?? [];
}

it('holds the last picture over a loss, also when the sender comes back with another size', async () => {
  for (const [name, size, colour] of [
    ['large', '640x360', 'red'],
    ['small', '320x180', 'blue'],
  ]) {
    const picture = `color=${colour}:size=${size}:rate=15:d=2`;
    await ffmpeg(['-f', 'lavfi', '-i', picture, '-c:v', 'libvpx', file(`${name}.webm`)]);
  }
  await writeFile(file('list.txt'), `file ${file('large.webm')}\nduration 4\nfile ${file('small.webm')}\n`);
  await ffmpeg(['-f', 'concat', '-safe', '0', '-i', file('list.txt'), '-c', 'copy', file('camera.mkv')]);

  const output = file('lesson.mp4');
  const composition = {
    camera: file('camera.mkv'),
    screen: null,
    rooms: [],
    audio: [],
    durationMs: 6_000,
    output,
    poster: null,
  };
  await compose({ ...composition, size: { width: 640, height: 360 } }, runFfmpeg, AbortSignal.timeout(30_000));
  const colours = await coloursOf(output);
  expect(colours).toHaveLength(12);
  expect(colours.slice(0, 8).every((colour) => colour.startsWith('f'))).toBe(true);
  expect(colours.slice(8).every((colour) => colour.endsWith('ff') || colour.endsWith('fe'))).toBe(true);
});

it('shows rooms in the corner while they are on the stage, beside each other when they are so at once', async () => {
  const colours = { camera: 'red', first: 'blue', second: 'lime' };
  for (const [name, colour] of Object.entries(colours)) {
    const picture = `color=${colour}:size=640x360:rate=15:d=6`;
    await ffmpeg(['-f', 'lavfi', '-i', picture, '-c:v', 'libvpx', file(`${name}.mkv`)]);
  }
  const output = file('rooms.mp4');
  const rooms = [
    { path: file('first.mkv'), shown: [{ from: 1_000, to: 4_000 }] },
    { path: file('second.mkv'), shown: [{ from: 3_000, to: 5_000 }] },
  ];
  await compose(
    {
      camera: file('camera.mkv'),
      screen: null,
      rooms,
      audio: [],
      durationMs: 6_000,
      size: { width: 640, height: 360 },
      output,
      poster: { output: file('poster.jpg'), atMs: 2_500 },
    },
    runFfmpeg,
    AbortSignal.timeout(30_000),
  );
  /** What is seen there, of a video at every half second. */
  const seenAt = async (x: number, y: number, picture = output) => {
    const cut = `crop=40:40:${x}:${y},scale=1:1`;
    const filters = picture === output ? `fps=2,${cut}` : cut;
    const part = ['-vf', filters, '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'];
    const { stdout } = await ffmpeg(['-i', picture, ...part]);
    return Array.from({ length: stdout.length / 3 }, (_, index) => {
      const rgb = [...stdout.subarray(index * 3, index * 3 + 3)];
      return 'rgb'[rgb.indexOf(Math.max(...rgb))];
    }).join('');
  };
  expect(await seenAt(20, 20)).toBe('rrrrrrrrrrrr');
  expect(await seenAt(530, 300)).toMatch(/^rr.bbbb.rrrr$/);
  expect(await seenAt(370, 300)).toMatch(/^rrrrrr.ggg.r$/);
  // The cover of the lesson is without them.
  expect(await seenAt(530, 300, file('poster.jpg'))).toBe('r');
});

it('gives each room the first place that is free while it is shown', () => {
  const span = (from: number, to: number) => ({ from, to });
  expect(placesOf([[span(0, 10)], [span(5, 15)], [span(10, 20)], [span(12, 14), span(30, 31)]])).toEqual([0, 1, 0, 2]);
});
