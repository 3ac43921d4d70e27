import type { RenditionName } from '../../files/renditions/schema.ts';
import type { Source } from './source.ts';

export interface Plan {
  name: RenditionName;
  width: number | null;
  height: number | null;
  /** Arguments of ffmpeg between input and output. */
  args: string[];
}

interface Quality {
  /** Of the shorter side. */
  lines: number;
  framesPerSecond: number;
  /** Bits a second: what is aimed at, and what a player with a buffer of `buffer` bits never exceeds. */
  video: number;
  most: number;
  buffer: number;
  sound: string[];
}

/** With the container below 300 kbit/s: what a village school's line carries next to a lesson. */
const thin: Quality = {
  lines: 360,
  framesPerSecond: 20,
  video: 190_000,
  most: 215_000,
  buffer: 215_000,
  sound: ['-c:a', 'aac', '-b:a', '48k', '-ac', '1', '-ar', '44100'],
};
const clear: Quality = {
  lines: 720,
  framesPerSecond: 30,
  video: 1_300_000,
  most: 1_600_000,
  buffer: 3_200_000,
  sound: ['-c:a', 'aac', '-b:a', '96k', '-ac', '2', '-ar', '48000'],
};
const soundOnly = ['-c:a', 'aac', '-b:a', '64k', '-ac', '2', '-ar', '44100'];
export const THIN_BITRATE = 300_000;
/** A 720p video of so little needs no other of its size. */
const CLEAR_BITRATE = 1_800_000;
const THIN_SOUND_BITRATE = 100_000;

const even = (side: number) => Math.max(2, 2 * Math.round(side / 2));

function picture(source: Source, name: RenditionName, quality: Quality): Plan[] {
  const { video, audio } = source;
  if (!video) return [];
  const scale = Math.min(1, quality.lines / Math.min(video.width, video.height));
  const [width, height] = [even(video.width * scale), even(video.height * scale)];
  const rate = video.framesPerSecond;
  // One steady rate, so that a screen recording of uneven frames stays with its sound.
  const fps = rate > 0 && rate < quality.framesPerSecond ? rate.toFixed(3) : quality.framesPerSecond;
  const args = [
    ...['-map', `0:${video.index}`, ...(audio ? ['-map', `0:${audio.index}`] : [])],
    ...['-vf', `fps=${fps},scale=${width}:${height},setsar=1`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-pix_fmt', 'yuv420p'],
    ...['-b:v', `${quality.video}`, '-maxrate', `${quality.most}`, '-bufsize', `${quality.buffer}`],
    // A key frame every few seconds, so that a jump does not wait.
    ...['-force_key_frames', 'expr:gte(t,n_forced*4)'],
    ...(audio ? quality.sound : []),
  ];
  return [{ name, width, height, args }];
}

/** Whether every browser plays it as it is. */
export function playsAsItIs({ isMp4, video, audio }: Source): boolean {
  return isMp4 && (video?.isPlainH264 ?? true) && (!audio || audio.codec === 'aac');
}

/** The renditions that may be of use, as far as it can be told before they are made. */
export function planRenditions(source: Source): Plan[] {
  const { video, audio, bitrate } = source;
  const plays = playsAsItIs(source);
  const isBelow = (most: number) => plays && bitrate > 0 && bitrate <= most;
  const lines = video ? Math.min(video.width, video.height) : 0;
  const wantsThin = video !== null && !(isBelow(THIN_BITRATE) && lines <= thin.lines);
  // Of a smaller original only where no browser plays that, else 360p would be the best there is.
  const wantsClear = video !== null && (plays ? lines >= clear.lines && !isBelow(CLEAR_BITRATE) : lines > thin.lines);
  const wantsSound = audio !== null && (video !== null || !isBelow(THIN_SOUND_BITRATE));
  return [
    ...(wantsThin ? picture(source, '360p', thin) : []),
    ...(wantsSound
      ? [{ name: 'audio' as const, width: null, height: null, args: ['-map', `0:${audio.index}`, ...soundOnly] }]
      : []),
    ...(wantsClear ? picture(source, '720p', clear) : []),
  ];
}
