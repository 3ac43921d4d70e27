import { bodyLimit } from 'hono/body-limit';
import { AppError } from '../errors.ts';

/** What people type, in a form or a document's captions. */
export const usualBytes = 1024 * 1024;
/** Of who has not shown who it is: a name and a password, or a code. */
export const strangersBytes = 16 * 1024;
/** Tables that are imported are larger. */
export const importBytes = 32 * 1024 * 1024;

/** A body that does not tell its length is held in memory as far as its limit goes, so this comes after the question who asks. */
export function limitBody(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError() {
      throw new AppError('body_too_large');
    },
  });
}
