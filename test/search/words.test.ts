import { expect, it } from 'vitest';
import { soundOf } from '../../search/pinyin.ts';
import { partsOf } from '../../search/words.ts';

it('gives the parts of words that begin within them', () => {
  expect(partsOf(['草船借箭'])).toEqual(['船借箭', '借箭']);
  expect(partsOf(['观潮', 'Unit 3', ''])).toEqual([]);
});

it('says how Chinese words sound, and nothing of others', () => {
  expect(soundOf('草船接箭')).toBe('caochuanjiejian');
  expect(soundOf('圆的面机 练习')).toBe('yuandemianji lianxi');
  expect(soundOf('unit 3')).toBeNull();
});
