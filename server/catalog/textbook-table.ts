import { readTable, standsBelow, type TableRow, type TableShape } from '../tables/table.ts';
import type { CatalogFault, CatalogFaultCode } from './schema.ts';

const columns = [
  ...(['stage', 'subject', 'edition', 'chiefEditor', 'startGrade', 'publisher', 'grade', 'volume'] as const),
  ...(['unit', 'lesson'] as const),
];
type Column = (typeof columns)[number];
/** One line of a textbook list; empty where the list says nothing. */
export type TextbookRow = Record<Column, string>;

const shape: TableShape<Column> = {
  headers: {
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
  },
  needed: ['stage', 'subject'],
  mostLines: 100_000,
};
const LONGEST_NAME = 200;

export interface TextbookTable {
  rows: TextbookRow[];
  faults: CatalogFault[];
}

function faultOf({ cells, fault }: TableRow<Column>): CatalogFaultCode | undefined {
  if (fault) return fault;
  if (cells.stage === '' || standsBelow(cells.stage)) return 'no_stage';
  // Below a stage stands nothing but subjects: this line was one of several with a merged cell.
  if (cells.subject === '' && columns.some((column) => column !== 'stage' && cells[column] !== '')) return 'no_subject';
  return columns.some((column) => cells[column].length > LONGEST_NAME) ? 'name_too_long' : undefined;
}

/**
 * Reads a textbook list, with Chinese or English headers.
 * @throws AppError table_unreadable, table_header_missing, table_empty or table_too_large.
 */
export async function readTextbookTable(bytes: Uint8Array): Promise<TextbookTable> {
  const read: TextbookTable = { rows: [], faults: [] };
  for (const row of await readTable(bytes, shape)) {
    const code = faultOf(row);
    if (code) read.faults.push({ line: row.number, code });
    else read.rows.push(row.cells);
  }
  return read;
}
