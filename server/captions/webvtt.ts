import { AppError, type FieldError } from '../errors.ts';
import { type Cue, cueText, LONGEST_CUE, MOST_CUES } from './schema.ts';

/** What is wrong with a line; the web has words for each. */
export type CaptionFault = 'time_missing' | 'time_wrong' | 'end_before_start' | 'text_too_long' | 'too_many_cues';

const MOST_FAULTS = 20;
const LATEST_MS = 24 * 60 * 60 * 1000;

const time = String.raw`(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})`;
/** WebVTT §4.1 with its settings, and SubRip with a comma; both are written a little otherwise by many programs. */
const timing = new RegExp(`^${time}[ \\t]*-->[ \\t]*${time}(?:[ \\t].*)?$`);
/** Of WebVTT §4.2.2 and of what SubRip borrowed from HTML. Other angles are text: 3 < 5. */
const tag = /<\/?(?:b|i|u|s|c|v|lang|ruby|rt|font|span)(?:[.\s][^<>]*)?>|<\d{2}:[\d:.]+>/gi;
const voice = /<v(?:\.[^\s<>]*)?[ \t]+([^<>]+)>/gi;
const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: '\u00a0',
  lrm: '\u200e',
  rlm: '\u200f',
  quot: '"',
  apos: "'",
};

function milliseconds(parts: readonly (string | undefined)[]): number | null {
  const [hours = '0', minutes = '', seconds = '', fraction = ''] = parts;
  if (Number(minutes) > 59 || Number(seconds) > 59) return null;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const at = whole * 1000 + Number(fraction.padEnd(3, '0'));
  return at <= LATEST_MS ? at : null;
}

/** What is read, without what only decorates it. Who speaks is said: 老师：… */
function plain(markup: string, isWebVtt: boolean): string {
  const spoken = isWebVtt ? markup.replaceAll(voice, '$1：') : markup.replaceAll(/\{\\[^{}]*\}/g, '');
  const bare = spoken.replaceAll(tag, '');
  return cueText(isWebVtt ? bare.replaceAll(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole) : bare);
}

interface Block {
  /** Of its first line, from 1 on. */
  number: number;
  lines: string[];
}

/** Parts between empty lines; a line with an arrow begins a new one, but for the line above that names it. */
function* blocksOf(lines: readonly string[]): Generator<Block> {
  let block: Block | null = null;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') {
      if (block) yield block;
      block = null;
    } else if (block) block.lines.push(line);
    else block = { number: index + 1, lines: [line] };
  }
  if (block) yield block;
}

const isDropped = ({ lines: [first = ''] }: Block) => /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(first);

/**
 * Reads WebVTT or SubRip. Nothing but times and plain text is taken over: no styles, regions, settings or markup.
 * @throws AppError `captions_unreadable`, with the line of each fault.
 */
export function readCaptions(content: string): Cue[] {
  const lines = content.replace(/^\ufeff/, '').split(/\r\n?|\n/);
  const isWebVtt = /^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? '');
  const cues: Cue[] = [];
  const errors: FieldError[] = [];
  const fault = (line: number, message: CaptionFault) => errors.push({ path: String(line), message });

  for (const [index, block] of [...blocksOf(lines)].entries()) {
    if (errors.length >= MOST_FAULTS) break;
    const isHead = isWebVtt && index === 0;
    if (isHead || (isWebVtt && isDropped(block))) continue;
    const at = block.lines.findIndex((line) => line.includes('-->'));
    if (at < 0 || at > 1) {
      fault(block.number, 'time_missing');
      continue;
    }
    const times = timing.exec(block.lines[at]?.trim() ?? '');
    const startMs = times && milliseconds(times.slice(1, 5));
    const endMs = times && milliseconds(times.slice(5, 9));
    if (startMs === null || endMs === null) fault(block.number + at, 'time_wrong');
    else if (endMs <= startMs) fault(block.number + at, 'end_before_start');
    else {
      const text = plain(block.lines.slice(at + 1).join('\n'), isWebVtt);
      if (text.length > LONGEST_CUE) fault(block.number + at + 1, 'text_too_long');
      else if (cues.length >= MOST_CUES) {
        fault(block.number, 'too_many_cues');
        break;
      } else if (text !== '') cues.push({ startMs, endMs, text });
    }
  }
  if (!isWebVtt && cues.length === 0 && errors.length === 0) fault(1, 'time_missing');
  if (errors.length > 0) throw new AppError('captions_unreadable', { errors });
  return inOrder(cues);
}

export function inOrder(cues: readonly Cue[]): Cue[] {
  return [...cues].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

function clock(atMs: number): string {
  const digits = (value: number, count = 2) => String(Math.floor(value)).padStart(count, '0');
  const seconds = atMs / 1000;
  return `${digits(seconds / 3600)}:${digits((seconds / 60) % 60)}:${digits(seconds % 60)}.${digits(atMs % 1000, 3)}`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** As WebVTT. Text holds no empty line and, escaped, no arrow, so that nothing in it ends its cue. */
export function writeWebVtt(cues: readonly Cue[]): string {
  const blocks = cues.map(({ startMs, endMs, text }) => `${clock(startMs)} --> ${clock(endMs)}\n${escaped(text)}\n`);
  return ['WEBVTT\n', ...blocks].join('\n');
}
