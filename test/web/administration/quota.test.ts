import { describe, expect, it } from 'vitest';
import { readQuota, writeQuota } from '../../../web/administration/quota.ts';

const GB = 1024 ** 3;

describe('the storage that a school is given', () => {
  it.each([
    ['', null],
    ['  ', null],
    ['50', 50 * GB],
    [' 0.5 ', GB / 2],
    ['５０', 50 * GB],
    ['0', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['50 GB', undefined],
    ['999999999999', undefined],
  ])('is read from “%s”', (text, bytes) => {
    expect(readQuota(text)).toBe(bytes);
  });

  it.each([null, GB / 2, 50 * GB])('stays %s when it is written and read', (bytes) => {
    expect(readQuota(writeQuota(bytes))).toBe(bytes);
  });
});
