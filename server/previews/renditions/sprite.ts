import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Encoder, Given, TellSeconds } from './encoder.ts';
import type { Source } from './source.ts';

/** One image of many small frames; the first one is of the beginning, each further one of `intervalMs` later. */
export interface Sprite {
  content: Buffer;
  /** Of one frame. */
  width: number;
  height: number;
  columns: number;
  frames: number;
  intervalMs: number;
}

const MOST_FRAMES = 100;
const COLUMNS = 10;
/** Of the longer side of a frame. */
const SIDE = 160;
const QUALITY = 60;
const LEAST_SECONDS = 1;

const even = (side: number) => Math.max(2, 2 * Math.round(side / 2));

/** @returns null of what has no picture, or says nothing of its length. */
export async function drawSprite(
  encoder: Encoder,
  given: Given,
  { video, seconds }: Source,
  onSeconds: TellSeconds,
): Promise<Sprite | null> {
  if (!video || seconds <= 0) return null;
  const every = Math.max(LEAST_SECONDS, Math.ceil((seconds * 1000) / MOST_FRAMES) / 1000);
  const scale = SIDE / Math.max(video.width, video.height);
  const size = `${even(video.width * scale)}:${even(video.height * scale)}`;
  await encoder.run(
    given,
    'sprite',
    [
      ...['-map', `0:${video.index}`, '-an'],
      // Rounded up, each is what is seen at its moment, and not what comes half an interval later.
      ...['-vf', `fps=fps=1/${every}:round=up,scale=${size},setsar=1`, '-frames:v', `${MOST_FRAMES}`],
      ...[
        '-c:v',
        'mjpeg',
        '-pix_fmt',
        'yuvj420p',
        '-q:v',
        '4',
        '-f',
        'image2',
        '-y',
        join(given.folder, 'frame-%03d.jpg'),
      ],
    ],
    onSeconds,
  );
  const names = (await readdir(given.folder)).filter((name) => /^frame-\d{3}\.jpg$/.test(name)).toSorted();
  const [first] = names;
  if (first === undefined) return null;
  const paths = names.slice(0, MOST_FRAMES).map((name) => join(given.folder, name));
  const { width, height } = await sharp(join(given.folder, first)).metadata();
  const image =
    paths.length > 1 ? sharp(paths, { join: { across: Math.min(COLUMNS, paths.length) } }) : sharp(paths[0]);
  return {
    content: await image.webp({ quality: QUALITY }).toBuffer(),
    width,
    height,
    columns: Math.min(COLUMNS, paths.length),
    frames: paths.length,
    intervalMs: Math.round(every * 1000),
  };
}
