import { expect, it } from 'vitest';
import * as server from '../../../server/retention/schema.ts';
import { leastKeptDays, mostKeptDays, readKeptDays } from '../../../web/administration/kept-days.ts';

it('reads days as people type them', () => {
  expect(['', '  ', '365', ' ３６５ ', '030'].map(readKeptDays)).toEqual([null, null, 365, 365, 30]);
  expect(['29', '3651', '1.5', '-30', '三年', '99999999'].map(readKeptDays)).toEqual(Array(6).fill(undefined));
});

it('has the bounds of the server', () => {
  expect([leastKeptDays, mostKeptDays]).toEqual([server.leastKeptDays, server.mostKeptDays]);
});
