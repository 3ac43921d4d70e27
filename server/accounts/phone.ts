import parsePhoneNumber from 'libphonenumber-js';
import { AppError } from '../errors.ts';

/** Reads a phone number as people write it, Chinese without a country code. Null when it is none. */
export function readPhone(text: string): string | null {
  const number = parsePhoneNumber(text, 'CN');
  return number?.isValid() ? number.number : null;
}

/** @throws AppError `invalid_input` at `phone`. */
export function requirePhone(text: string): string {
  const phone = readPhone(text);
  if (phone === null)
    throw new AppError('invalid_input', { errors: [{ path: 'phone', message: 'is not a phone number' }] });
  return phone;
}
