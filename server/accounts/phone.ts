import parsePhoneNumber from 'libphonenumber-js';

/** Reads a phone number as people write it, Chinese without a country code. Null when it is none. */
export function readPhone(text: string): string | null {
  const number = parsePhoneNumber(text, 'CN');
  return number?.isValid() ? number.number : null;
}
