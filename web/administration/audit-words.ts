import type { AuditEvent } from '../api/types.ts';
import type { Format } from '../format/format.ts';
import type { TextKey, Translate } from '../locales/text.ts';

/** A key for a name that a newer server may have made up; then the name itself. */
function wordsOr(t: Translate, key: string, name: string): string {
  const words = t(key as TextKey);
  return words === key ? name : words;
}

export const actionWords = (t: Translate, action: string): string =>
  wordsOr(t, `admin.audit.action.${action.replaceAll('.', '_')}`, action);

export const kindWords = (t: Translate, kind: string): string => wordsOr(t, `admin.audit.kind.${kind}`, kind);

/** Work of the queue, by its name. */
export const jobWords = (t: Translate, job: string): string =>
  wordsOr(t, `admin.system.job.${job.replaceAll(/[.-]/g, '_')}`, job);

/** `2026-11-26 15:52:07` on the clock of whoever reads: evidence is told to the second, in every language alike. */
const clock = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
export const timeOf = (iso: string): string => clock.format(new Date(iso));

/** Who did it: a person, a device, nobody who was known, or the server by itself. */
export function actorWords(t: Translate, { actor, ipAddress }: AuditEvent): string {
  if (actor) return actor.name;
  return ipAddress === null ? t('admin.audit.system') : t('admin.audit.nobody');
}

/** Where the subject can be looked at, if it has a page. */
export function pageOf({ subject: { kind, id } }: AuditEvent): string | null {
  if (id === null) return null;
  if (kind === 'resource') return `/resources/${id}`;
  return kind === 'class_session' ? `/sessions/${id}` : null;
}

/** What more is known of an event, in a few words. */
export function detailWords(t: Translate, format: Format, { action, details }: AuditEvent): string {
  const detail = (name: string, value: string) => wordsOr(t, `admin.audit.detail.${name}_${value}`, value);
  const said = Object.entries(details).flatMap(([name, value]): string[] => {
    if (name === 'from' || name === 'to') return [];
    if (name === 'role' && value === null) return [t('admin.audit.detail.left')];
    if (name === 'role' && action === 'account.created') return [wordsOr(t, `words.role.${value}`, String(value))];
    if (name === 'reason' || name === 'role' || name === 'change') return [detail(name, String(value))];
    if (name === 'fields' && Array.isArray(value))
      return [format.list(value.map((one) => detail('field', String(one))))];
    if (name === 'revision') return [t('admin.audit.detail.revision', { n: value })];
    if (name === 'login') return [t('admin.audit.detail.login', { login: value })];
    if (name === 'quotaBytes' && value === null) return [t('admin.audit.detail.unlimited')];
    if (name === 'pupilsRecorded') return [detail('pupils', String(value))];
    if (name === 'keptDays' && value === null) return [t('admin.audit.detail.keptForEver')];
    if (name === 'keptDays') return [t('admin.audit.detail.keptDays', { n: value })];
    if ((name === 'bytes' || name === 'quotaBytes') && typeof value === 'number') return [format.bytes(value)];
    if (name === 'created') return [t('admin.audit.detail.created', { created: value, updated: details.updated })];
    if (name === 'signature' || name === 'label') return [String(value)];
    if (name === 'job') return [jobWords(t, String(value))];
    if (name === 'visibility') return [wordsOr(t, `words.visibility.${value}`, String(value))];
    return [];
  });
  const { from, to } = details;
  if (typeof from === 'string' && typeof to === 'string' && action !== 'audit.exported') {
    const group = action === 'role.changed' ? 'role' : 'visibility';
    const [before, after] = [from, to].map((one) => wordsOr(t, `words.${group}.${one}`, one));
    said.push(t('admin.audit.detail.change', { from: before, to: after }));
  }
  return said.join(t('common.dot'));
}
