import type { Translate } from '../locales/text.ts';

function trimmed(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '');
}

/** 1.2 MB */
export function bytesWords(t: Translate, bytes: number): string {
  if (bytes < 1024) return t('common.size.bytes', { n: bytes });
  if (bytes < 1024 ** 2) return t('common.size.kb', { n: trimmed(bytes / 1024) });
  if (bytes < 1024 ** 3) return t('common.size.mb', { n: trimmed(bytes / 1024 ** 2) });
  return t('common.size.gb', { n: trimmed(bytes / 1024 ** 3) });
}
