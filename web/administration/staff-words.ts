import type { ListFaultCode } from '../api/types.ts';
import { csvOf } from '../format/csv.ts';
import { phoneWords } from '../format/phone.ts';
import type { TextKey, Translate } from '../locales/text.ts';
import type { Made } from './staff-import.ts';

/** Why no account is made of a line; a newer server may have reasons of its own. A school knows only itself. */
export function faultWords(t: Translate, fault: ListFaultCode | null, ofPlatform: boolean): string {
  if (fault === 'school_unknown' && !ofPlatform) return t('admin.staff.schoolOther');
  const key = `admin.staff.fault.${fault}` as TextKey;
  const words = t(key);
  return words === key ? (fault ?? '') : words;
}

/** The made accounts as a table for spreadsheets. Phone numbers are written as at home: a + would begin a formula. */
export function passwordTable(t: Translate, made: readonly Made[]): string {
  const columns = (['name', 'school', 'login', 'phone'] as const).map((one) => t(`admin.staff.column.${one}`));
  return csvOf([
    [...columns, t('admin.staff.initialPassword')],
    ...made.map(({ account: { name, school, login, phone }, initialPassword }) => [
      name,
      school?.name ?? '',
      login,
      phoneWords(phone ?? ''),
      initialPassword,
    ]),
  ]);
}

/** Hands the browser a file that it alone has. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after the press; what holds passwords is not to stay any longer.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
