import { highlightEnd, highlightStart } from '../../search/index.ts';

const PIECE = 120;
/** What stands before the first match: a row of a list shows little more than thirty characters. */
const BEFORE = 12;

/** In a LIKE pattern the per cent sign, the underline and the backslash have a meaning. */
export function containing(term: string): string {
  return `%${term.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** The text with every term marked, without regard to case. */
export function mark(text: string, terms: readonly string[]): string {
  if (terms.length === 0) return text;
  const wanted = terms
    .toSorted((a, b) => b.length - a.length)
    .map((term) => term.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('|');
  return text.replaceAll(new RegExp(wanted, 'giu'), (match) => `${highlightStart}${match}${highlightEnd}`);
}

/** The part of a text around the first of the terms that it holds. */
export function pieceOf(text: string, terms: readonly string[]): string {
  const lower = text.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term.toLowerCase())).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, text.length) - BEFORE);
  const from = places.length > 0 ? start : 0;
  return `${from > 0 ? '…' : ''}${text.slice(from, from + PIECE)}${from + PIECE < text.length ? '…' : ''}`;
}
