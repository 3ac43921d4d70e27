import { expect, it } from 'vitest';
import { createApp, ref } from 'vue';
import { useFormat } from '../../../web/format/format.ts';
import { type Locale, wordsKey } from '../../../web/locales/i18n.ts';

const formatIn = (locale: Locale) => {
  const app = createApp({});
  app.provide(wordsKey, {
    locale: ref(locale),
    text: (key) => key,
    whole: () => Promise.resolve(),
    switchTo: () => Promise.resolve(),
  });
  return app.runWithContext(useFormat);
};
/** Noon of a day, wherever the test runs. */
const noonOf = (year: number, month: number, day: number) => new Date(year, month - 1, day, 12).toISOString();

it('names the day of a lesson with its weekday, and the year of any other than this', () => {
  const year = new Date().getFullYear();
  const weekday = '日一二三四五六'[new Date(year, 8, 1).getDay()];
  expect(formatIn('zh-CN').schoolDay(noonOf(year, 9, 1))).toBe(`9月1日周${weekday}`);
  expect(formatIn('zh-CN').schoolDay(noonOf(2024, 9, 3))).toBe('2024年9月3日周二');
  expect(formatIn('en').schoolDay(noonOf(2024, 9, 3))).toBe('Tue, Sep 3, 2024');
  expect(formatIn('en').schoolDay(noonOf(year, 9, 1))).toMatch(/^\w{3}, Sep 1$/);
});
