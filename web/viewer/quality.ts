import type { Renditions } from '../api/types.ts';

export const qualities = ['auto', 'original', '720p', '360p', 'audio'] as const;
export type Quality = (typeof qualities)[number];
/** What is really played. */
export type Playing = Exclude<Quality, 'auto'>;

/** What the browser tells of the way to it (Network Information API); Firefox and Safari tell nothing. */
export interface Connection {
  saveData?: boolean;
  /** Megabits a second, as estimated. */
  downlink?: number;
}

interface Original {
  /** Bits a second; null when its length is not known. */
  bitrate: number | null;
  isPlayable: boolean;
}

/** Video of the rate needs this much more, so that it does not stop now and then. */
const HEADROOM = 1.5;
/** When nothing is known of the connection: what an ordinary school's line carries. */
const ASSUMED_BITS = 4_000_000;

/** The choices that there are, the best one first. */
export function offered(renditions: Renditions['renditions'], original: Original): Playing[] {
  const names = new Set(renditions.map(({ name }) => name));
  return [
    ...(original.isPlayable ? ['original' as const] : []),
    ...(['720p', '360p', 'audio'] as const).filter((name) => names.has(name)),
  ];
}

/** What to play; null when there is nothing that this browser could play. */
export function choose(
  wanted: Quality,
  renditions: Renditions['renditions'],
  original: Original,
  { saveData, downlink }: Connection,
): Playing | null {
  const there = offered(renditions, original);
  if (wanted !== 'auto' && there.includes(wanted)) return wanted;
  // Sound alone is a choice of people, or all there is.
  const seen = there.filter((one) => one !== 'audio');
  const choices = seen.length > 0 ? seen : there;
  const room = saveData ? 0 : downlink === undefined ? ASSUMED_BITS : downlink * 1_000_000;
  const bitsOf = (one: Playing) =>
    (one === 'original' ? original.bitrate : renditions.find(({ name }) => name === one)?.bitrate) ?? ASSUMED_BITS;
  return choices.find((one) => bitsOf(one) * HEADROOM <= room) ?? choices.at(-1) ?? null;
}
