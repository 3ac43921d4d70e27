import { AppError } from '../errors.ts';

const LONGEST_NAME = 200;
/** Controls, and marks that turn the writing direction and so hide an extension (CVE-2021-42574). */
const hidden = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
/** What climbs a path, or cannot be stored under that name on a teacher's machine. */
const unstorable = /[/\\:*?"<>|]/;

/** Devices of Windows, with whatever ending: such a file can be neither saved nor deleted there. */
const device =
  /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)\s*(?:\.|$)/i;

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
  if (device.test(name)) throw refuse('is a name that Windows keeps for itself');
  if (name.startsWith('.') || name.endsWith('.')) throw refuse('begins or ends with a dot');
  return name;
}
