import { type Composer, createI18n, type I18n } from 'vue-i18n';
import { readSetting, writeSetting } from '../state/settings.ts';
import type { Messages } from './zh-CN/index.ts';

export const locales = ['zh-CN', 'en'] as const;
export type Locale = (typeof locales)[number];
export type Words = I18n<Record<string, Messages>, Record<string, never>, Record<string, never>, string, false>;

/** Each language is a chunk of its own, so that nobody loads words they do not read. */
const load: Record<Locale, () => Promise<{ messages: Messages }>> = {
  'zh-CN': () => import('./zh-CN/index.ts'),
  en: () => import('./en/index.ts'),
};

function preferred(): Locale {
  const stored = readSetting('locale');
  if (stored === 'zh-CN' || stored === 'en') return stored;
  // Chinese is the first language: only a browser that asks for English before any Chinese gets English.
  const asked = navigator.languages.find((tag) => tag.startsWith('zh') || tag.startsWith('en'));
  return asked?.startsWith('en') ? 'en' : 'zh-CN';
}

export async function createWords(): Promise<Words> {
  const locale = preferred();
  const { messages } = await load[locale]();
  document.documentElement.lang = locale;
  return createI18n({ legacy: false, locale, fallbackLocale: false, messages: { [locale]: messages } });
}

export async function switchLocale(i18n: Pick<Composer, 'locale' | 'setLocaleMessage'>, locale: Locale): Promise<void> {
  const { messages } = await load[locale]();
  i18n.setLocaleMessage(locale, messages);
  i18n.locale.value = locale;
  document.documentElement.lang = locale;
  writeSetting('locale', locale);
}
