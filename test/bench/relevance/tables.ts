import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const folder = import.meta.dirname;

/** The lines of a table with tabs below its header, as objects by the header's names; nothing is quoted. */
export function readTable(name: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(join(folder, name), 'utf8').replace(/\n$/, '').split('\n');
  const columns = header.split('\t');
  return lines.map((line, index) => {
    const cells = line.split('\t');
    if (cells.length !== columns.length) throw new Error(`${name}:${index + 2} has ${cells.length} cells.`);
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  });
}

/** Cells by name, so that a wrong one is found at once. */
export function cellsOf(row: Record<string, string>): (name: string) => string {
  return (name) => {
    const cell = row[name];
    if (cell === undefined) throw new Error(`There is no column ${name}.`);
    return cell;
  };
}
