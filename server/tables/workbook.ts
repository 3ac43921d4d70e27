import ExcelJS, { type CellValue } from 'exceljs';
import { zipSync } from 'fflate';
import { AppError } from '../errors.ts';
import type { TableLine } from './table.ts';
import { readZipParts, ZipTooLarge } from './zip-parts.ts';

const MOST_INFLATED_BYTES = 32 * 1024 * 1024;
const MOST_COLUMNS = 100;
const neededParts =
  /^(\[Content_Types\]\.xml|_rels\/\.rels|xl\/(workbook|sharedStrings|styles)\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/worksheets\/[^/]+\.xml)$/;
// What a table does not need, and what may name a million cells in a few bytes.
const ignoreNodes = [
  'mergeCells',
  'dataValidations',
  'conditionalFormatting',
  'hyperlinks',
  'drawing',
  'legacyDrawing',
  'picture',
  'tableParts',
  'extLst',
];

/** Workbooks are ZIP archives, and no text begins like one. */
export function isWorkbook(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** What a reader sees in the cell; null for an error such as #REF!. */
function wordsOf(value: CellValue | undefined): string | null {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value !== 'object') return String(value);
  if ('error' in value) return null;
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('formula' in value || 'sharedFormula' in value) return wordsOf(value.result);
  return 'text' in value ? wordsOf(value.text as CellValue) : '';
}

function linesOf(sheet: ExcelJS.Worksheet): TableLine[] {
  const lines: TableLine[] = [];
  sheet.eachRow((row, number) => {
    const words = Array.from({ length: Math.min(row.cellCount, MOST_COLUMNS) }, (_, index) =>
      wordsOf(row.getCell(index + 1).value),
    );
    if (words.every((cell) => cell?.trim() === '')) return;
    const cells = words.map((cell) => (cell ?? '').trim());
    lines.push(words.includes(null) ? { number, cells, fault: 'cell_error' } : { number, cells });
  });
  return lines;
}

/**
 * The lines of each sheet, in their order.
 * @throws AppError table_unreadable, or table_too_large before anything large is parsed.
 */
export async function readSheets(bytes: Uint8Array): Promise<TableLine[][]> {
  const workbook = new ExcelJS.Workbook();
  try {
    const parts = readZipParts(Buffer.from(bytes), (name) => neededParts.test(name), MOST_INFLATED_BYTES);
    // The parser gets an archive of ours, so that it reads nothing but what has been counted.
    const counted = zipSync(Object.fromEntries(parts), { level: 0 });
    await workbook.xlsx.load(counted.slice().buffer, { ignoreNodes });
  } catch (cause) {
    if (cause instanceof ZipTooLarge) throw new AppError('table_too_large', { cause });
    throw new AppError('table_unreadable', { cause, detail: 'The workbook is broken or protected by a password.' });
  }
  return workbook.worksheets.map(linesOf);
}
