import { describe, expect, it } from 'vitest';
import {
  addAfter,
  type EditedCue,
  edited,
  faultOf,
  finished,
  LONGEST_CUE,
  merge,
  parseTime,
  placeAt,
  split,
  writeTime,
} from '../../../web/captions/cue-list.ts';
import { findSpoken } from '../../../web/viewer/spoken.ts';

const cue = (startMs: number, endMs: number, text: string) => ({ startMs, endMs, text });
const made = (): EditedCue[] =>
  edited([cue(1000, 3000, '把一个饼平均分'), cue(3500, 5000, '每份是二分之一'), cue(9000, 10_000, '小结')]);
const told = (cues: readonly EditedCue[]) => cues.map(({ start, end, text }) => `${start} ${end} ${text}`);

describe('times of cues', () => {
  it.each([
    ['0:00', 0],
    ['1:02.5', 62_500],
    ['01:02,250', 62_250],
    ['1：02。5', 62_500],
    ['1:02:03.004', 3_723_004],
    [' 90:00 ', 5_400_000],
  ])('are read from %j', (text, ms) => {
    expect(parseTime(text)).toBe(ms);
  });

  it.each(['', '5', '1:60', '1:2:3:4', '1:60:00', '1.5', 'x:10', '-1:00', '25:00:00'])(
    'are not read from %j',
    (text) => {
      expect(parseTime(text)).toBeNull();
    },
  );

  it('are written as they are read', () => {
    for (const ms of [0, 1, 999, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000]) {
      expect(parseTime(writeTime(ms))).toBe(ms);
    }
    expect(writeTime(62_500)).toBe('1:02.500');
    expect(writeTime(3_723_004)).toBe('1:02:03.004');
  });
});

describe('a list of cues', () => {
  it('says what is wrong with one', () => {
    const [one] = made();
    if (!one) return expect.fail('no cue');
    expect(faultOf(one)).toBeNull();
    expect(faultOf({ ...one, start: '一秒' })).toBe('start');
    expect(faultOf({ ...one, end: '' })).toBe('end');
    expect(faultOf({ ...one, end: one.start })).toBe('order');
    expect(faultOf({ ...one, text: ' \n' })).toBe('empty');
    expect(faultOf({ ...one, text: '长'.repeat(LONGEST_CUE + 1) })).toBe('long');
  });

  it('gets a new one where the film is, without running into its neighbours', () => {
    const cues = made();
    expect(addAfter(cues, 1, 6000)).toBe(2);
    expect(addAfter(cues, 0, 2000)).toBe(1);
    expect(addAfter(cues, 4, 60_000)).toBe(5);
    expect(told(cues)).toEqual([
      '0:01.000 0:03.000 把一个饼平均分',
      '0:03.000 0:03.500 ',
      '0:03.500 0:05.000 每份是二分之一',
      '0:06.000 0:08.000 ',
      '0:09.000 0:10.000 小结',
      '1:00.000 1:02.000 ',
    ]);
    const none: EditedCue[] = [];
    expect(addAfter(none, -1, 1234)).toBe(0);
    expect(told(none)).toEqual(['0:01.234 0:03.234 ']);
  });

  it('is split at the cursor, or where the film is, and merged again', () => {
    const cues = made();
    split(cues, 0, 4, 0);
    expect(told(cues).slice(0, 2)).toEqual(['0:01.000 0:02.143 把一个饼', '0:02.143 0:03.000 平均分']);
    merge(cues, 0);
    expect(told(cues)[0]).toBe('0:01.000 0:03.000 把一个饼\n平均分');
    split(cues, 1, 0, 4000);
    expect(told(cues).slice(1, 3)).toEqual(['0:03.500 0:04.000 每份是二', '0:04.000 0:05.000 分之一']);
    const before = told(cues);
    merge(cues, cues.length - 1);
    expect(told(cues)).toEqual(before);
  });

  it('is saved in the order of time', () => {
    const [one, two] = [cue(5000, 6000, '后'), cue(1000, 2000, '先')];
    expect(finished(edited([one, two]))).toEqual([two, one]);
    expect(placeAt(made(), 3700)).toBe(1);
    expect(placeAt(made(), 500)).toBe(-1);
  });
});

describe('words that are said', () => {
  const cues = [cue(1000, 2000, '今天学分数'), cue(5000, 6000, '分数的初步认识，Fractions'), cue(9000, 10_000, '初步')];

  it('are found at the moment at which most of them are said', () => {
    expect(findSpoken(cues, '分数')).toEqual({ startMs: 1000, words: '分数' });
    expect(findSpoken(cues, '初步 分数')).toEqual({ startMs: 5000, words: '初步' });
    expect(findSpoken(cues, '“fractions”')).toEqual({ startMs: 5000, words: 'fractions' });
    // By its parts when not as a whole.
    expect(findSpoken(cues, '分数初步')?.startMs).toBe(5000);
    expect(findSpoken(cues, '榫卯')).toBeNull();
    expect(findSpoken(cues, '')).toBeNull();
  });
});
