import { AppError } from '../errors.ts';

const LONGEST_NAME = 200;
/** Controls, and marks that turn the writing direction and so hide an extension (CVE-2021-42574). */
const hidden = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
/** What climbs a path, or cannot be stored under that name on a teacher's machine. */
const unstorable = /[/\\:*?"<>|]/;

const refuse = (message: string) =>
  new AppError('invalid_input', { errors: [{ path: 'Upload-Metadata.filename', message }] });

/**
 * The name of an upload as it is kept: composed (NFC), without blanks around it.
 * @throws AppError `invalid_input` for a name that is no plain file name.
 */
export function readFileName(given: string | null | undefined): string {
  const name = given?.normalize('NFC').trim() ?? '';
  if (name === '') throw refuse('is missing');
  if ([...name].length > LONGEST_NAME) throw refuse(`is longer than ${LONGEST_NAME} characters`);
  if (hidden.test(name)) throw refuse('holds characters that cannot be seen');
  if (unstorable.test(name)) throw refuse('holds a character that file names cannot have');
  if (name.startsWith('.') || name.endsWith('.')) throw refuse('begins or ends with a dot');
  return name;
}
