/** Without it, Excel takes UTF-8 for the system's old encoding, and Chinese for something else. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * What a spreadsheet would take for a formula (OWASP, CSV Injection), also in the wide characters that it reads alike in
 * Chinese and Japanese.
 */
const formula = /^[\s]*[=+\-@＝＋－＠|]|^[\t\r\n]/u;

/** A cell as RFC 4180 has it: in quotes, those in it doubled. An apostrophe makes a spreadsheet show text as text. */
function cellOf(text: string): string {
  const harmless = formula.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** A table that spreadsheets open as it is, for what only the browser has; the server's exports are made there. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return BYTE_ORDER_MARK + rows.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('');
}
