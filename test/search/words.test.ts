import { expect, it } from 'vitest';
import { soundOf, soundsOf } from '../../search/pinyin.ts';
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

it('takes a rare character, which is two units long, for one', () => {
  const title = ['𠮷野家与𬭊元素'];
  expect([...partsOf(title), ...soundsOf(title)].filter((text) => !text.isWellFormed())).toEqual([]);
  expect(partsOf(['𬭊元素'])).toEqual(['元素']);
  expect(soundsOf(['元素𬭊'])).toEqual(['yuansu', 'yuansudu', 'ysd', 'du']);
});
