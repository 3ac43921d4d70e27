import type { Cue } from '../api/types.ts';

/** A cue as it is being edited: times as they are typed. */
export interface EditedCue {
  key: number;
  start: string;
  end: string;
  text: string;
}

export type CueFault = 'start' | 'end' | 'order' | 'empty' | 'long';

export const LONGEST_CUE = 500;
/** Of a cue that is begun where the film is. */
const NEW_MS = 2000;
const LATEST_MS = 24 * 60 * 60 * 1000;

const typed = /^(?:(\d{1,2})[:：])?(\d{1,3})[:：](\d{1,2})(?:[.,。](\d{1,3}))?$/;

/** 1:02.5, 1:02:03,250. @returns null for what is no time. */
export function parseTime(text: string): number | null {
  const [, hours = '0', minutes = '', seconds = '', fraction = '0'] = typed.exec(text.trim()) ?? [];
  if (minutes === '' || Number(seconds) > 59 || (Number(hours) > 0 && Number(minutes) > 59)) return null;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'));
  return ms <= LATEST_MS ? ms : null;
}

/** 1:02.500 */
export function writeTime(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const digits = (value: number, count = 2): string => String(Math.floor(value)).padStart(count, '0');
  const seconds = whole / 1000;
  const tail = `${digits(seconds % 60)}.${digits(whole % 1000, 3)}`;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${digits((seconds / 60) % 60)}:${tail}` : `${Math.floor(seconds / 60)}:${tail}`;
}

let lastKey = 0;
const made = (startMs: number, endMs: number, text: string): EditedCue => ({
  key: ++lastKey,
  start: writeTime(startMs),
  end: writeTime(endMs),
  text,
});

export const edited = (cues: readonly Cue[]): EditedCue[] =>
  cues.map(({ startMs, endMs, text }) => made(startMs, endMs, text));

/** Of cues without a fault. */
export function finished(cues: readonly EditedCue[]): Cue[] {
  const all = cues.map(({ start, end, text }) => ({
    startMs: parseTime(start) ?? 0,
    endMs: parseTime(end) ?? 0,
    text: text.trim(),
  }));
  return all.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

export function faultOf({ start, end, text }: EditedCue): CueFault | null {
  const [startMs, endMs] = [parseTime(start), parseTime(end)];
  if (startMs === null) return 'start';
  if (endMs === null) return 'end';
  if (endMs <= startMs) return 'order';
  if (text.trim() === '') return 'empty';
  return text.trim().length > LONGEST_CUE ? 'long' : null;
}

/** At `atMs`, or right after its neighbour when that still lasts, and before the next one. @returns its place. */
export function addAfter(cues: EditedCue[], index: number, atMs: number): number {
  const end = parseTime(cues[index]?.end ?? '') ?? 0;
  const next = parseTime(cues[index + 1]?.start ?? '');
  const from = Math.max(end, next === null ? atMs : Math.min(atMs, next));
  const to = next !== null && next > from ? Math.min(next, from + NEW_MS) : from + NEW_MS;
  cues.splice(index + 1, 0, made(from, to, ''));
  return index + 1;
}

/** At the letter `caret`, or in the middle; the time at `atMs` when that is inside, else as the letters are shared. */
export function split(cues: EditedCue[], index: number, caret: number, atMs: number): void {
  const cue = cues[index];
  if (!cue) return;
  const [startMs, endMs] = [parseTime(cue.start), parseTime(cue.end)];
  if (startMs === null || endMs === null || endMs - startMs < 2) return;
  const letters = [...cue.text];
  const inside = caret > 0 && caret < cue.text.length;
  const first = inside ? cue.text.slice(0, caret) : letters.slice(0, Math.ceil(letters.length / 2)).join('');
  const share = cue.text.length > 0 ? first.length / cue.text.length : 0.5;
  const atShare = Math.round(startMs + (endMs - startMs) * share);
  const isThere = atMs > startMs && atMs < endMs;
  const at = isThere ? Math.round(atMs) : Math.min(endMs - 1, Math.max(startMs + 1, atShare));
  const rest = cue.text.slice(first.length).trim();
  cues.splice(index, 1, { ...cue, end: writeTime(at), text: first.trim() }, made(at, endMs, rest));
}

/** With the one that follows. */
export function merge(cues: EditedCue[], index: number): void {
  const [cue, next] = [cues[index], cues[index + 1]];
  if (!cue || !next) return;
  const isLater = (parseTime(next.end) ?? 0) > (parseTime(cue.end) ?? 0);
  const text = [cue.text.trim(), next.text.trim()].filter(Boolean).join('\n');
  cues.splice(index, 2, { ...cue, end: isLater ? next.end : cue.end, text });
}

/** The last one that has begun by then; -1 before the first. */
export function placeAt(cues: readonly EditedCue[], atMs: number): number {
  return cues.findLastIndex(({ start }) => (parseTime(start) ?? Number.POSITIVE_INFINITY) <= atMs);
}
