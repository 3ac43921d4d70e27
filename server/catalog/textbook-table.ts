import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../errors.ts';
import type { CatalogFault, CatalogFaultCode } from './schema.ts';
import { isWorkbook, readSheets } from './workbook.ts';

/** One line of a textbook list; empty where the list says nothing. */
export interface TextbookRow {
  stage: string;
  subject: string;
  edition: string;
  chiefEditor: string;
  startGrade: string;
  publisher: string;
  grade: string;
  volume: string;
  unit: string;
  lesson: string;
}
type Column = keyof TextbookRow;

const headers: Record<Column, readonly string[]> = {
  stage: ['stage', '学段'],
  subject: ['subject', '学科', '科目'],
  edition: ['edition', '版本', '教材版本'],
  chiefEditor: ['chief_editor', '主编'],
  startGrade: ['start_grade', '起点', '起始年级'],
  publisher: ['publisher', '出版社'],
  grade: ['grade', '年级'],
  volume: ['volume', '册次', '册别', '分册'],
  unit: ['unit', '单元', '章'],
  lesson: ['lesson', '课', '课文', '课题', '节'],
};
const columns = Object.keys(headers) as Column[];
const LONGEST_NAME = 200;
const MOST_LINES = 100_000;
/** Tables that are made to be printed begin with a title, a date and who made them. */
const MOST_LINES_ABOVE = 10;

/** A line of any table, with the number that its author sees beside it. */
export interface TableLine {
  number: number;
  cells: string[];
  /** Why it cannot be read at all. */
  fault?: CatalogFaultCode;
}

export interface TextbookTable {
  rows: TextbookRow[];
  faults: CatalogFault[];
}

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
    throw new AppError('catalog_unreadable', { cause: error, detail: error.message });
  }
  return lines;
}

/** Short headers are spread over their column: 学　段. */
const nameOf = (header: string) => header.normalize('NFKC').replaceAll(/\s+/g, '').toLowerCase();

/** Where the columns stand; undefined when the line is no header. */
function placesOf(header: readonly string[]): Map<Column, number> | undefined {
  const places = new Map<Column, number>();
  for (const column of columns) {
    const place = header.findIndex((name) => headers[column].includes(nameOf(name)));
    if (place >= 0) places.set(column, place);
  }
  return places.has('stage') && places.has('subject') ? places : undefined;
}

/** The header and what stands below it; undefined for a table without one. */
function partsOf(
  table: readonly TableLine[],
): { places: Map<Column, number>; lines: readonly TableLine[] } | undefined {
  for (const [index, line] of table.slice(0, MOST_LINES_ABOVE + 1).entries()) {
    const places = placesOf(line.cells);
    if (places) return { places, lines: table.slice(index + 1) };
  }
  return undefined;
}

function faultOf(line: TableLine, row: TextbookRow): CatalogFaultCode | undefined {
  if (line.fault) return line.fault;
  if (row.stage === '') return 'no_stage';
  // Below a stage stands nothing but subjects: this line was one of several with a merged cell.
  if (row.subject === '' && columns.some((column) => column !== 'stage' && row[column] !== '')) return 'no_subject';
  return Object.values(row).some((cell: string) => cell.length > LONGEST_NAME) ? 'name_too_long' : undefined;
}

/**
 * Reads a textbook list: a workbook's first sheet with a known header, or text separated by tabs or commas. One of the
 * first lines holds Chinese or English headers in any order; what stands above it and other columns are ignored.
 * @throws AppError catalog_unreadable, catalog_header_missing, catalog_empty or catalog_too_large.
 */
export async function readTextbookTable(bytes: Uint8Array): Promise<TextbookTable> {
  const tables = isWorkbook(bytes) ? await readSheets(bytes) : [parseLines(decode(bytes))];
  const found = tables.map(partsOf).find((parts) => parts !== undefined);
  if (!found) throw new AppError('catalog_header_missing');
  const { places, lines } = found;
  if (lines.length === 0) throw new AppError('catalog_empty');
  if (lines.length > MOST_LINES) throw new AppError('catalog_too_large');
  const read: TextbookTable = { rows: [], faults: [] };
  for (const line of lines) {
    const cell = (column: Column) => (line.cells[places.get(column) ?? -1] ?? '').replaceAll(/\s+/g, ' ').trim();
    const row = Object.fromEntries(columns.map((column) => [column, cell(column)])) as unknown as TextbookRow;
    const code = faultOf(line, row);
    if (code) read.faults.push({ line: line.number, code });
    else read.rows.push(row);
  }
  return read;
}
