import { describe, expect, it } from 'vitest';
import { zoneChoices, zoneName } from '../../../web/format/time-zones.ts';

const choicesOf = (locale: string, ...kept: string[]) => zoneChoices(locale, kept, 2026);

describe('a time zone', () => {
  it('goes by the name that people give it', () => {
    expect(zoneName('Asia/Shanghai', 'zh-CN', 2026)).toBe('中国标准时间');
    expect(zoneName('Asia/Shanghai', 'en', 2026)).toBe('China Standard Time');
    expect(zoneName('Asia/Tokyo', 'zh-CN', 2026)).toBe('日本标准时间');
  });

  it('is chosen by its time, which is there once and never as it is kept', () => {
    for (const locale of ['zh-CN', 'en']) {
      const choices = choicesOf(locale, 'Asia/Shanghai');
      const labels = choices.map(({ label }) => label);
      expect(new Set(labels).size).toBe(labels.length);
      expect(labels.filter((label) => /^\w+\/\w+/.test(label))).toEqual([]);
      expect(choices.find(({ value }) => value === 'Asia/Shanghai')?.label).toBe(
        locale === 'en' ? 'China Standard Time' : '中国标准时间',
      );
      expect(choices.some(({ value }) => value === 'Asia/Macau')).toBe(false);
    }
  });

  it('stays the one that was chosen before', () => {
    const choices = choicesOf('zh-CN', 'Asia/Macau', 'Asia/Shanghai');
    expect(choices.filter(({ label }) => label === '中国标准时间')).toEqual([
      { value: 'Asia/Macau', label: '中国标准时间' },
    ]);
  });

  it('is another where clocks are put forward in summer', () => {
    const denver = zoneName('America/Denver', 'en', 2026);
    expect(denver).toBe('Mountain Standard Time / Mountain Daylight Time');
    expect(zoneName('America/Phoenix', 'en', 2026)).toBe('Mountain Standard Time');
  });

  it('stands in the order of its language', () => {
    const labels = choicesOf('zh-CN').map(({ label }) => label);
    expect(labels.indexOf('阿富汗时间')).toBeLessThan(labels.indexOf('日本标准时间'));
    expect(labels.indexOf('日本标准时间')).toBeLessThan(labels.indexOf('中国标准时间'));
  });
});
