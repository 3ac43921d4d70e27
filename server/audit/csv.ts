import { schoolTimeZone } from '../school-time.ts';
import { detailWords } from './details.ts';
import type { AuditEvent, ExportLanguage } from './schema.ts';
import { words } from './words.ts';

/** Without it, Excel takes UTF-8 for the system's old encoding, and Chinese for something else. */
export const BYTE_ORDER_MARK = '\uFEFF';

/**
 * What a spreadsheet would take for a formula (OWASP, CSV Injection), also in the wide characters that it reads alike in
 * Chinese and Japanese.
 */
const formula = /^[\s]*[=+\-@＝＋－＠|]|^[\t\r\n]/u;

/** A cell as RFC 4180 has it: in quotes, those in it doubled. An apostrophe makes a spreadsheet show text as text. */
export function cellOf(text: string): string {
  const harmless = formula.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

const lineOf = (cells: readonly string[]) => `${cells.map(cellOf).join(',')}\r\n`;

/** `2026-11-26 23:05:09`, which spreadsheets take for a time; all schools of the country keep one. */
const time = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: schoolTimeZone });

export const headingLine = (language: ExportLanguage) => lineOf(words[language].headings);

export function eventLine(language: ExportLanguage, event: AuditEvent): string {
  const { actions, kinds } = words[language];
  const nameOf = (names: Record<string, string>, key: string) => names[key] ?? key;
  return lineOf([
    time.format(new Date(event.at)),
    nameOf(actions, event.action),
    event.actor?.name ?? '',
    event.actor?.school?.name ?? '',
    nameOf(kinds, event.subject.kind),
    event.subject.title,
    event.subject.school?.name ?? '',
    detailWords(language, event),
    event.ipAddress ?? '',
  ]);
}
