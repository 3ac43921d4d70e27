import type { RunFfmpeg } from './program.ts';
import type { Span } from './track-survey.ts';

/** The files of a lesson, all on one time line that begins at 0, and how they become one video. */
export type Composition = {
  /** The presenter's camera; null when it was never on. */
  camera: string | null;
  /** The presenter's screen, and when it is shown instead of the camera (milliseconds on the time line). */
  screen: { path: string; shown: Span[] } | null;
  /** The cameras of rooms, and when each was on the stage: small, in the corner. In the order in which they first came. */
  rooms: { path: string; shown: Span[] }[];
  /** Every microphone, and the sound of the screen. */
  audio: string[];
  durationMs: number;
  size: { width: number; height: number };
  output: string;
  /** A still of the presenter alone, as JPEG: no pupil is the cover of a lesson. Null when the presenter is never seen. */
  poster: { output: string; atMs: number } | null;
};

const quiet = ['-hide_banner', '-nostdin', '-y', '-loglevel', 'error'];
const framesPerSecond = 25;
const insetsInRow = 3;
const keyFrameEvery = framesPerSecond * 2;

/** Makes the video: one picture, all sound mixed, H.264/AAC in an MP4 that plays while it loads. */
export async function compose(composition: Composition, ffmpeg: RunFfmpeg, signal: AbortSignal): Promise<void> {
  await ffmpeg(ffmpegArguments(composition), signal);
}

function ffmpegArguments(composition: Composition): string[] {
  const { camera, screen, rooms, audio, durationMs, size, output, poster } = composition;
  const inputs: string[] = [];
  const addInput = (path: string) => inputs.push(path) - 1;
  const seconds = (durationMs / 1000).toFixed(3);
  const filters: string[] = [];
  const hasPicture = camera !== null || screen !== null || rooms.length > 0;

  if (hasPicture) {
    filters.push(`color=black:size=${size.width}x${size.height}:rate=${framesPerSecond}:duration=${seconds}[ground]`);
    let top = 'ground';
    if (camera) {
      filters.push(
        `[${addInput(camera)}:v]${fitted(size)}[camera]`,
        `[${top}][camera]overlay=eof_action=pass[with_camera]`,
      );
      top = 'with_camera';
    }
    if (screen) {
      filters.push(
        `[${addInput(screen.path)}:v]${fitted(size)}[screen]`,
        `[${top}][screen]overlay=eof_action=repeat:enable='${during(screen.shown)}'[with_screen]`,
      );
      top = 'with_screen';
    }
    if (poster) {
      const frame = Math.floor((poster.atMs / 1000) * framesPerSecond);
      filters.push(`[${top}]split[presenter][all]`, `[all]trim=start_frame=${frame}:end_frame=${frame + 1}[poster]`);
      top = 'presenter';
    }
    const places = placesOf(rooms.map(({ shown }) => shown));
    for (const [index, { path, shown }] of rooms.entries()) {
      const { x, y, ...inset } = insetAt(places[index] ?? 0, size);
      filters.push(
        `[${addInput(path)}:v]${fitted(inset)}[room${index}]`,
        `[${top}][room${index}]overlay=x=${x}:y=${y}:eof_action=repeat:enable='${during(shown)}'[with_room${index}]`,
      );
      top = `with_room${index}`;
    }
    filters.push(`[${top}]format=yuv420p[picture]`);
  }
  if (audio.length > 0) {
    // Timestamps follow the sender's clock over the whole lesson: a slow stretch of at most 0.2 % takes up its drift.
    const voices = audio.map((path, index) => {
      filters.push(`[${addInput(path)}:a]aresample=48000:async=96[voice${index}]`);
      return `[voice${index}]`;
    });
    filters.push(
      `${voices.join('')}amix=inputs=${voices.length}:normalize=0:duration=longest,alimiter=level=false[sound]`,
    );
  }
  return [
    ...quiet,
    // Times in the files are times of the lesson: the first picture does not become 0.
    '-copyts',
    // A sender's new size would build the filters anew, and they would forget the picture to hold until the next one.
    // One thread decodes many times faster than they play; a dozen of them for each processor would only be in the way.
    ...inputs.flatMap((path) => ['-threads', '1', '-reinit_filter', '0', '-i', path]),
    ...['-filter_complex', filters.join(';')],
    ...(hasPicture ? ['-map', '[picture]', ...videoCodec] : []),
    ...(audio.length > 0 ? ['-map', '[sound]', '-c:a', 'aac', '-b:a', '96k'] : []),
    ...['-t', seconds, '-movflags', '+faststart', '-f', 'mp4', output],
    ...(poster
      ? ['-map', '[poster]', '-frames:v', '1', '-q:v', '3', '-f', 'image2', '-update', '1', poster.output]
      : []),
  ];
}

const videoCodec = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-profile:v', 'high'],
  ...['-g', String(keyFrameEvery), '-r', String(framesPerSecond)],
];

/** An expression of ffmpeg's that is true in these times. */
function during(spans: Span[]): string {
  return spans.map(({ from, to }) => `between(t,${from / 1000},${to / 1000})`).join('+');
}

/** For each, the first place that nobody has at the same time; the places go from 0. */
export function placesOf(shown: Span[][]): number[] {
  const taken: Span[][] = [];
  return shown.map((spans) => {
    const isFree = (others: Span[]) =>
      !others.some((one) => spans.some(({ from, to }) => from < one.to && one.from < to));
    const free = taken.findIndex(isFree);
    const place = free === -1 ? taken.length : free;
    taken[place] = [...(taken[place] ?? []), ...spans];
    return place;
  });
}

/** A quarter of the picture's width; from the lower right corner to the left, then up. */
function insetAt(place: number, picture: { width: number; height: number }) {
  const margin = even(picture.width / 80);
  const [width, height] = [even(picture.width / 4), even(picture.height / 4)];
  const [row, column] = [Math.floor(place / insetsInRow), place % insetsInRow];
  const x = picture.width - (column + 1) * (width + margin);
  return { width, height, x, y: picture.height - (row + 1) * (height + margin) };
}

/** H.264 wants even numbers of pixels. */
export function even(pixels: number): number {
  return Math.max(2, Math.round(pixels / 2) * 2);
}

/** Senders change their size while they send: every frame is made to fit the one picture. */
function fitted({ width, height }: { width: number; height: number }): string {
  return [
    `fps=${framesPerSecond}`,
    `scale=${width}:${height}:force_original_aspect_ratio=decrease:eval=frame`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:eval=frame`,
    'setsar=1',
  ].join(',');
}

const soundCodecs = {
  /** One voice at a time, as a good telephone carries it: for lines that carry nothing else. */
  speech: ['-c:a', 'aac', '-b:a', '24k', '-ac', '1', '-ar', '16000'],
  music: ['-c:a', 'aac', '-b:a', '96k', '-ac', '2'],
};
export type SoundProfile = keyof typeof soundCodecs;

/** The sound of the video alone, for replays beside the slides. */
export async function takeSound(
  video: string,
  sound: { output: string; profile: SoundProfile },
  ffmpeg: RunFfmpeg,
  signal: AbortSignal,
): Promise<void> {
  const args = ['-i', video, '-map', '0:a:0', ...soundCodecs[sound.profile], '-movflags', '+faststart', '-f', 'mp4'];
  await ffmpeg([...quiet, ...args, sound.output], signal);
}
