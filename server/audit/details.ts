import type { AuditEvent, ExportLanguage } from './schema.ts';
import { words } from './words.ts';

type Told = Pick<AuditEvent, 'action' | 'details'>;

const fill = (text: string, values: Record<string, unknown>) =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** One detail in words; null where it has none, as what a newer version wrote down. */
function wordsOf(language: ExportLanguage, { action, details }: Told, name: string, value: unknown): string | null {
  const said = words[language];
  const named = (names: Readonly<Record<string, string>>) => names[String(value)] ?? null;
  switch (name) {
    case 'role':
      if (value === null) return said.details.left ?? null;
      return action === 'account.created' ? named(said.roles) : (said.details[`role_${value}`] ?? null);
    case 'reason':
    case 'change':
      return said.details[`${name}_${value}`] ?? null;
    case 'fields':
      if (!Array.isArray(value)) return null;
      return value
        .map((field) => said.details[`field_${field}`] ?? String(field))
        .join(language === 'en' ? ', ' : '、');
    case 'revision':
      return fill(said.details.revision ?? '', { n: value });
    case 'login':
      return fill(said.details.login ?? '', { login: value });
    case 'quotaBytes':
      return value === null ? (said.details.unlimited ?? null) : fill(said.bytes, { n: value });
    case 'pupilsRecorded':
      return said.details[`pupils_${value}`] ?? null;
    case 'keptDays':
      return value === null ? (said.details.keptForEver ?? null) : fill(said.details.keptDays ?? '', { n: value });
    case 'bytes':
      return fill(said.bytes, { n: value });
    case 'created':
      return fill(said.details.created ?? '', { created: value, updated: details.updated });
    case 'visibility':
      return named(said.visibilities);
    case 'kind':
      return named(action === 'alliance.created' ? said.allianceKinds : said.resourceKinds);
    case 'job':
      return said.jobs[String(value).replaceAll(/[.-]/g, '_')] ?? null;
    case 'signature':
    case 'label':
      return plain(value);
    default:
      return null;
  }
}

/** What more is known of an event, as the pages say it; what they leave out stands there by its name. */
export function detailWords(language: ExportLanguage, told: Told): string {
  const said = words[language];
  const { action, details } = told;
  const { from, to, ...others } = details;
  const group = { 'role.changed': said.roles, 'visibility.changed': said.visibilities }[action];
  const all = group === undefined ? details : others;
  const cells = Object.entries(all).flatMap(([name, value]) => {
    // Told with what was added.
    if (name === 'updated' && 'created' in details) return [];
    return [wordsOf(language, told, name, value) ?? `${name}=${plain(value)}`];
  });
  if (group !== undefined) {
    const [before, after] = [from, to].map((one) => group[String(one)] ?? String(one));
    cells.push(fill(said.details.change ?? '', { from: before, to: after }));
  }
  return cells.join('; ');
}
