import { ApiError } from '../api/problem.ts';
import { bytesWords } from '../format/bytes.ts';
import type { TextKey, Translate } from './text.ts';
import type { Messages } from './zh-CN/index.ts';

type ErrorKey = keyof Messages['errors'];

/** The words of `errors` in the language that is on; pass the keys that exist to stay right when the server is newer. */
export function errorWords(t: Translate, error: unknown): string {
  if (!(error instanceof ApiError)) return t('errors.internal');
  const key = `errors.${error.code as ErrorKey}` satisfies TextKey;
  const quota = error.problem?.quota;
  if (quota && error.code === 'quota_exceeded') {
    const [used, limit, needed] = [quota.used, quota.limit, quota.needed].map((bytes) => bytesWords(t, bytes));
    return t('common.error.quota', { used, limit, needed });
  }
  const words = t(key);
  return words === key ? t('errors.internal') : words;
}
