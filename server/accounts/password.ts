import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '../errors.ts';

/** OWASP Password Storage Cheat Sheet: Argon2id, which is the library's default, with 19 MiB, two passes, one lane. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const passwordLength = { minimum: 10, maximum: 128 };

/** @returns the hash in PHC string form, which names its own parameters. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), options);
}

export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return verify(passwordHash, password.normalize('NFKC'));
}

// Without letters and digits that people confuse when they read them aloud or copy them: 31 remain.
const readable = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A first password that is easy to read out: three groups of four, 59 bits. */
export function makeInitialPassword(): string {
  const group = () => Array.from({ length: 4 }, () => readable[randomInt(readable.length)]).join('');
  return [group(), group(), group()].join('-');
}

// What guessing programs try first, here and elsewhere. Digits around them do not make them better.
// The longest come first, since a word is taken out whole.
// biome-ignore format: a list of words reads best in lines.
const commonWords = [
  'administrator', 'iloveyou', 'passw0rd', 'password', 'sunshine', 'wodemima', 'letmein', 'student', 'teacher',
  'welcome', 'xuexiao', 'dragon', 'laoshi', 'master', 'monkey', 'qwerty', 'school', 'tongke', 'woaini',
  'admin', 'guest', 'login', 'nihao', '1qaz', '2wsx', '3edc', 'asdf', 'mima', 'root', 'test', 'user', 'zxcv',
  'abc',
];

const rows = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const runs = rows.flatMap((row) => [row, [...row].reverse().join('')]);

/** Takes out stretches of a keyboard row or of the alphabet, four characters and longer. */
function withoutRuns(text: string): string {
  let rest = text;
  for (const run of runs) {
    for (let length = run.length; length >= 4; length -= 1) {
      for (let start = 0; start + length <= run.length; start += 1)
        rest = rest.replaceAll(run.slice(start, start + length), '');
    }
  }
  return rest;
}

function withoutWords(text: string): string {
  return commonWords.reduce((rest, word) => rest.replaceAll(word, ''), text);
}

/**
 * Refuses passwords that are guessed first: too short, near the signing-in name or phone number, a common word with
 * digits around it, a run of keys, few different characters.
 * @throws AppError `password_too_weak`
 */
export function checkPassword(password: string, owner: { login: string; phone: string | null }): void {
  const refuse = (message: string) => {
    throw new AppError('password_too_weak', { errors: [{ path: 'password', message }] });
  };
  const plain = password.normalize('NFKC').toLowerCase();
  if (password.length < passwordLength.minimum) refuse('is too short');
  if (password.length > passwordLength.maximum) refuse('is too long');
  if (new Set(plain).size < 5) refuse('has too few different characters');
  const national = owner.phone?.replace(/^\+86/, '').replace('+', '');
  const own = plain.replaceAll(owner.login, '');
  if ((national ? own.replaceAll(national, '') : own).length < 6) refuse('is too near to the name or phone number');
  const rest = withoutWords(withoutRuns(plain)).replaceAll(/[^\p{L}]/gu, '');
  const digits = plain.replaceAll(/\D/g, '');
  if (rest.length === 0 && digits.length < plain.length) refuse('is a common word');
  if (rest.length === 0 && withoutRuns(digits).length < 6) refuse('is a common sequence');
}
