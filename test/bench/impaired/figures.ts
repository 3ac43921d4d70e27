import { median } from '../statistics.ts';
import type { Notes } from './measuring.ts';

/** What a lesson over one link was like. Durations are milliseconds, shares 0 to 1. */
export interface Figures {
  /** From asking to join to the first frame, or to the first sound where the ladder starts without picture. */
  join: number | null;
  /** Share of the time in which the picture moved. */
  picture: number;
  /** While the ladder let a picture be seen. */
  longestFreeze: number;
  /** Share of the time in which sound was played that nobody had to make up (getStats: concealedSamples). */
  sound: number;
  /** Lines of the picture, at the middle frame. */
  height: number | null;
  /** `all 12 s, low_video 18 s` */
  rungs: string;
  path: string | null;
  /** From the presenter's turn until the page was on screen; the middle and the slowest one, and how many never came. */
  slides: { middle: number; slowest: number; missing: number } | null;
  /** After the link was back: until the picture moved, and until the sound was whole. */
  back: { picture: number | null; sound: number | null } | null;
  kbps: { down: number; up: number };
}

export interface Watched {
  notes: Notes;
  askedAt: number;
  endedAt: number;
  /** When the presenter turned to which page. */
  turns: { at: number; page: number }[];
  backAt: number | null;
  bytes: { down: number; up: number };
}

const pictureless = ['slides_audio', 'audio'];
/** A picture that stands longer does not move. */
const standsMs = 1_000;
const samplesPerMs = 48;

export function figuresOf(watched: Watched): Figures {
  const { notes, askedAt, endedAt, backAt, bytes } = watched;
  const frames = notes.frames.filter(({ at }) => at >= askedAt && at <= endedAt);
  const sounds = notes.sound.filter(({ at }) => at >= askedAt && at <= endedAt);
  const firstSound = sounds.find(({ played }) => played > 0);
  const beganAt = frames[0]?.at ?? firstSound?.at ?? null;
  const rungs = spansOf(notes.rungs, endedAt);
  const lessonMs = endedAt - (beganAt ?? askedAt);
  const kbps = (count: number) => Math.round((count * 8) / Math.max(1, endedAt - askedAt));
  return {
    join: beganAt === null ? null : beganAt - askedAt,
    ...pictureOf(
      frames.map(({ at }) => at),
      rungs,
      endedAt,
      lessonMs,
    ),
    sound: beganAt === null ? 0 : soundShare(sounds, beganAt),
    height: frames.length > 0 ? median(frames.map(({ height }) => height)) : null,
    rungs: rungs.map(({ rung, from, to }) => `${rung} ${Math.round((to - from) / 1000)} s`).join(', '),
    path: notes.path,
    slides: slidesOf(watched),
    back:
      backAt === null
        ? null
        : {
            picture: after(
              movingAgain(
                frames.map(({ at }) => at),
                backAt,
                endedAt,
              ),
              backAt,
            ),
            sound: after(wholeSoundAfter(sounds, backAt), backAt),
          },
    kbps: { down: kbps(bytes.down), up: kbps(bytes.up) },
  };
}

const after = (at: number | undefined, since: number) => (at === undefined ? null : at - since);

interface Span {
  rung: string;
  from: number;
  to: number;
}

function spansOf(rungs: Notes['rungs'], endedAt: number): Span[] {
  return rungs
    .map(({ rung, at }, index) => ({ rung, from: at, to: rungs[index + 1]?.at ?? endedAt }))
    .filter(({ rung, from, to }) => rung !== '' && to > from);
}

/** Gaps between frames; what lies in a time without a picture by the ladder's decision is no freeze, yet no picture either. */
function pictureOf(at: readonly number[], rungs: readonly Span[], endedAt: number, lessonMs: number) {
  let moving = 0;
  let longestFreeze = 0;
  for (const [index, from] of at.entries()) {
    const to = at[index + 1] ?? endedAt;
    if (to - from <= standsMs) moving += to - from;
    const hidden = rungs
      .filter(({ rung }) => pictureless.includes(rung))
      .reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
    longestFreeze = Math.max(longestFreeze, to - from - hidden);
  }
  return { picture: Math.min(1, moving / Math.max(1, lessonMs)), longestFreeze };
}

/** Of the whole time, so that a time without any connection counts as lost. */
function soundShare(sounds: Notes['sound'], beganAt: number): number {
  const heard = sounds.filter(({ at }) => at >= beganAt);
  const [first, last] = [heard[0], heard.at(-1)];
  if (!first || !last || last.at === first.at) return 0;
  const whole = last.played - first.played - (last.concealed - first.concealed);
  return Math.max(0, Math.min(1, whole / ((last.at - first.at) * samplesPerMs)));
}

/** The end of the standstill that the link's trouble brought, or the next frame where it brought none. */
function movingAgain(at: readonly number[], backAt: number, endedAt: number): number | undefined {
  const gaps = at.map((from, index) => ({ from, to: at[index + 1] ?? endedAt }));
  const standstill = gaps.find(({ from, to }) => to > backAt && from < backAt + standsMs && to - from > standsMs);
  const moving = standstill?.to ?? at.find((frame) => frame > backAt);
  return moving === endedAt ? undefined : moving;
}

const isWhole = (now: Notes['sound'][number], before: Notes['sound'][number] | undefined) =>
  before !== undefined &&
  now.played - before.played - (now.concealed - before.concealed) > 0.9 * (now.at - before.at) * samplesPerMs;

/** From when on nine tenths of the sound are real for a second. */
function wholeSoundAfter(sounds: Notes['sound'], backAt: number): number | undefined {
  return sounds.find(({ at }, index) => {
    const next = sounds.slice(index, index + 4);
    return at > backAt && next.every((now, step) => isWhole(now, sounds[index + step - 1]));
  })?.at;
}

function slidesOf({ notes, turns, endedAt }: Watched): Figures['slides'] {
  if (turns.length === 0) return null;
  const took = turns.flatMap(({ at, page }) => {
    const shown = notes.slides.find((slide) => slide.at >= at && slide.address.includes(`/pages/${page}?`));
    return shown && shown.at <= endedAt ? [shown.at - at] : [];
  });
  if (took.length === 0) return { middle: 0, slowest: 0, missing: turns.length };
  return { middle: median(took), slowest: Math.max(...took), missing: turns.length - took.length };
}

const columns = [
  ['link', 12],
  ['join', 7],
  ['picture', 8],
  ['freeze', 8],
  ['sound', 7],
  ['lines', 6],
  ['path', 10],
  ['slide p50/max', 15],
  ['back: picture/sound', 20],
  ['kbit/s down/up', 15],
  ['ladder', 0],
] as const;

export const figuresHead = columns.map(([name, width]) => name.padEnd(width)).join(' ');

const seconds = (ms: number | null | undefined) =>
  ms === null || ms === undefined ? '–' : `${(ms / 1000).toFixed(2)}s`;
const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

export function figuresLine(name: string, figures: Figures): string {
  const { slides, back, kbps } = figures;
  const slide = slides
    ? `${seconds(slides.middle)}/${seconds(slides.slowest)}${slides.missing ? ` −${slides.missing}` : ''}`
    : '–';
  const cells = [
    name,
    seconds(figures.join),
    percent(figures.picture),
    seconds(figures.longestFreeze),
    percent(figures.sound),
    String(figures.height ?? '–'),
    figures.path ?? '–',
    slide,
    back ? `${seconds(back.picture)}/${seconds(back.sound)}` : '–',
    `${kbps.down}/${kbps.up}`,
    figures.rungs,
  ];
  return cells
    .map((cell, index) => cell.padEnd(columns[index]?.[1] ?? 0))
    .join(' ')
    .trimEnd();
}
