import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../errors.ts';
import { isWorkbook, readSheets } from './workbook.ts';

/** A line of any table, with the number that its author sees beside it. */
export interface TableLine {
  number: number;
  cells: string[];
  /** Why it cannot be read at all. */
  fault?: 'cell_error';
}

/** What a table is read for. */
export interface TableShape<Column extends string> {
  /** The headers by which each column is known, without blanks and in small letters. */
  headers: Readonly<Record<Column, readonly string[]>>;
  /** A line with all of these is the header. */
  needed: readonly Column[];
  mostLines: number;
}

export interface TableRow<Column extends string> extends Pick<TableLine, 'number' | 'fault'> {
  /** Empty where the table says nothing. */
  cells: Record<Column, string>;
}

/** Tables that are made to be printed begin with a title, a date and who made them. */
const MOST_LINES_ABOVE = 10;

/** Spreadsheets of Chinese Windows write GB 18030 where others write UTF-8. */
function decode(bytes: Uint8Array): string {
  // Their «Unicode text» is UTF-16 with a byte order mark.
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

function parseLines(text: string): TableLine[] {
  const lines: TableLine[] = [];
  const tabbed = text.slice(0, text.search(/[\r\n]|$/)).includes('\t');
  try {
    parse(text, {
      delimiter: tabbed ? '\t' : ',',
      // A list with tabs quotes nothing; a lone quotation mark there is one that is meant.
      quote: tabbed ? false : '"',
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (cells: string[], { lines: number }) => {
        lines.push({ number, cells });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new AppError('table_unreadable', { cause: error, detail: error.message });
  }
  return lines;
}

/** Whether a line that begins like this is none of the table's: sums, remarks and 制表人：… of tables made to be printed. */
export function standsBelow(text: string): boolean {
  return /^(合计|总计|小计|共计|备注|说明)|[:：]/.test(text.replaceAll(/\s/g, ''));
}

/** Short headers are spread over their column: 学　段. */
const nameOf = (header: string) => header.normalize('NFKC').replaceAll(/\s+/g, '').toLowerCase();

const columnsOf = <Column extends string>({ headers }: TableShape<Column>) => Object.keys(headers) as Column[];

/** Where the columns stand; undefined when the line is no header. */
function placesOf<Column extends string>(shape: TableShape<Column>, header: readonly string[]) {
  const places = new Map<Column, number>();
  for (const column of columnsOf(shape)) {
    const place = header.findIndex((name) => shape.headers[column].includes(nameOf(name)));
    if (place >= 0) places.set(column, place);
  }
  return shape.needed.every((column) => places.has(column)) ? places : undefined;
}

/** The header and what stands below it; undefined for a table without one. */
function partsOf<Column extends string>(shape: TableShape<Column>, table: readonly TableLine[]) {
  for (const [index, line] of table.slice(0, MOST_LINES_ABOVE + 1).entries()) {
    const places = placesOf(shape, line.cells);
    if (places) return { places, lines: table.slice(index + 1) };
  }
  return undefined;
}

/**
 * Reads a table: a workbook's first sheet with a known header, or text separated by tabs or commas. One of the first lines
 * holds the headers in any order; what stands above it and other columns are ignored.
 * @throws AppError table_unreadable, table_header_missing, table_empty or table_too_large.
 */
export async function readTable<Column extends string>(
  bytes: Uint8Array,
  shape: TableShape<Column>,
): Promise<TableRow<Column>[]> {
  const tables = isWorkbook(bytes) ? await readSheets(bytes) : [parseLines(decode(bytes))];
  const found = tables.map((table) => partsOf(shape, table)).find((parts) => parts !== undefined);
  if (!found) throw new AppError('table_header_missing');
  const { places, lines } = found;
  if (lines.length === 0) throw new AppError('table_empty');
  if (lines.length > shape.mostLines) throw new AppError('table_too_large');
  return lines.map(({ number, cells: given, fault }) => {
    const cell = (column: Column) => (given[places.get(column) ?? -1] ?? '').replaceAll(/\s+/g, ' ').trim();
    const cells = Object.fromEntries(columnsOf(shape).map((column) => [column, cell(column)])) as Record<
      Column,
      string
    >;
    return { number, cells, ...(fault && { fault }) };
  });
}
