import { describe, expect, it } from 'vitest';
import { phoneWords } from '../../../web/format/phone.ts';
import { wholeNumber } from '../../../web/format/whole-number.ts';

describe('a phone number', () => {
  it.each([
    ['+8613800138000', '138 0013 8000'],
    ['+8657188886666', '057188886666'],
    ['+85291234567', '+85291234567'],
    ['', ''],
  ])('is shown for %s as “%s”', (phone, words) => {
    expect(phoneWords(phone)).toBe(words);
  });
});

describe('a number that was typed', () => {
  it.each([
    ['42', 42],
    [' ４２ ', 42],
    ['0', 0],
    ['1000', Number.NaN],
    ['4.2', Number.NaN],
    ['1e2', Number.NaN],
    ['', Number.NaN],
  ])('is read from “%s” as %s', (typed, number) => {
    expect(wholeNumber(typed, 3)).toBe(number);
  });
});
