import { useWords } from '../locales/i18n.ts';
import { useText } from '../locales/text.ts';
import { bytesWords } from './bytes.ts';

export interface Format {
  /** 1.2 MB */
  bytes(bytes: number): string;
  /** 7:42, 1:02:03 */
  clock(durationMs: number): string;
  /** 3 分钟, for time left */
  span(durationMs: number): string;
  /** 昨天, 9 月 12 日, 2024 年 9 月 12 日 */
  day(iso: string): string;
  /** 9 月 12 日周六, as people speak of the days of lessons */
  schoolDay(iso: string): string;
  /** 9 月 12 日 10:05 */
  moment(iso: string): string;
  /** 10:05 */
  time(iso: string): string;
  percent(share: number): string;
  number(value: number): string;
  /** A、B和C */
  list(items: readonly string[]): string;
}

const dayMs = 86_400_000;

function dayNumber(date: Date): number {
  return Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / dayMs);
}

export function clock(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  const [minutes = 0, rest = 0] = parts;
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

export function useFormat(): Format {
  const { locale } = useWords();
  const { t } = useText();
  const date = (options: Intl.DateTimeFormatOptions, value: Date): string =>
    new Intl.DateTimeFormat(locale.value, options).format(value);
  const time = (iso: string): string => date({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, new Date(iso));
  /** The year of any other than this one. */
  const yearOf = (value: Date) =>
    value.getFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const);
  const day = (iso: string): string => {
    const value = new Date(iso);
    const now = new Date();
    const ago = dayNumber(now) - dayNumber(value);
    if (ago === 0) return t('common.time.today', { time: time(iso) });
    if (ago === 1) return t('common.time.yesterday');
    if (ago === -1) return t('common.time.tomorrow', { time: time(iso) });
    return date({ month: 'short', day: 'numeric', ...yearOf(value) }, value);
  };
  return {
    bytes: (bytes) => bytesWords(t, bytes),
    clock,
    span(durationMs) {
      const seconds = Math.max(1, Math.round(durationMs / 1000));
      if (seconds < 60) return t('common.time.seconds', { n: seconds });
      const minutes = Math.round(seconds / 60);
      if (minutes < 60) return t('common.time.minutes', { n: minutes });
      return t('common.time.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
    },
    day,
    schoolDay(iso) {
      const value = new Date(iso);
      return date({ month: 'short', day: 'numeric', weekday: 'short', ...yearOf(value) }, value);
    },
    moment: (iso) =>
      date({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, new Date(iso)),
    time,
    percent: (share) =>
      new Intl.NumberFormat(locale.value, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    number: (value) => new Intl.NumberFormat(locale.value).format(value),
    list: (items) => new Intl.ListFormat(locale.value).format(items),
  };
}
