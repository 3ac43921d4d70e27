/** What schools speak and teach. A track in another language keeps it. */
export const languages = ['zh-Hans', 'en', 'bo', 'ug', 'mn', 'kk', 'ko', 'za', 'yue', 'ja', 'ru'] as const;

/** In the language `locale`, or in its own. */
export function languageName(tag: string, locale = tag): string {
  return new Intl.DisplayNames([locale], { type: 'language', fallback: 'code' }).of(tag) ?? tag;
}
