import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { AppError } from '../errors.ts';

/** One line of a textbook list; empty where the list says nothing. */
const rowSchema = z.object({
  stage: z.string().min(1, { error: 'names no stage (学段)' }),
  subject: z.string(),
  edition: z.string(),
  chiefEditor: z.string(),
  startGrade: z.string(),
  publisher: z.string(),
  grade: z.string(),
  volume: z.string(),
  unit: z.string(),
  lesson: z.string(),
});
export type TextbookRow = z.output<typeof rowSchema>;
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
const MOST_ERRORS = 20;

/** Spreadsheets of Chinese Windows write GB 18030 where others write UTF-8. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

interface Line {
  number: number;
  cells: string[];
}

function parseLines(text: string): Line[] {
  const lines: Line[] = [];
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

function placesOf(header: readonly string[]): Map<Column, number> {
  const places = new Map<Column, number>();
  for (const column of columns) {
    const place = header.findIndex((name) => headers[column].includes(name.trim().toLowerCase()));
    if (place >= 0) places.set(column, place);
  }
  if (!places.has('stage') || !places.has('subject')) {
    throw new AppError('catalog_unreadable', {
      detail: 'The first line has to name the columns 学段 and 学科 (stage and subject).',
    });
  }
  return places;
}

/**
 * Reads a textbook list: tab or comma separated, first line Chinese or English headers in any order, other columns ignored.
 * @throws AppError catalog_unreadable, with the line of every fault (at most 20).
 */
export function readTextbookTable(bytes: Uint8Array): TextbookRow[] {
  const [header, ...lines] = parseLines(decode(bytes));
  const places = placesOf(header?.cells ?? []);
  const rows: TextbookRow[] = [];
  const errors: { path: string; message: string }[] = [];
  for (const line of lines) {
    const cells = Object.fromEntries(
      columns.map((column) => [column, (line.cells[places.get(column) ?? -1] ?? '').replaceAll(/\s+/g, ' ')]),
    );
    const row = rowSchema.safeParse(cells);
    const long = Object.values(cells).some((cell) => cell.length > LONGEST_NAME);
    if (row.success && !long) rows.push(row.data);
    else {
      const message = row.error?.issues[0]?.message ?? `has a name longer than ${LONGEST_NAME} characters`;
      errors.push({ path: `line ${line.number}`, message });
    }
    if (errors.length === MOST_ERRORS) break;
  }
  if (errors.length > 0) throw new AppError('catalog_unreadable', { errors });
  if (rows.length === 0) throw new AppError('catalog_unreadable', { detail: 'There is no line below the headers.' });
  return rows;
}
