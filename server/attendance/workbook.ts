import { PassThrough, type Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import ExcelJS from 'exceljs';
import { schoolDay, schoolTimeZone } from '../school-time.ts';
import type { RoomAttendance } from './compute.ts';
import type { LessonFacts } from './facts.ts';

export interface AttendanceRow {
  lesson: LessonFacts;
  room: LessonFacts['rooms'][number];
  attendance: RoomAttendance;
  /** Of the lesson; while it goes on, until now. */
  lengthMs: number;
}

interface Column {
  header: string;
  width: number;
  format?: string;
  /** Strings stay text: a name that looks like a formula is none. */
  value(row: AttendanceRow): string | number | null;
}

const text = '@';
const percent = '0.0%';
const timeClock = new Intl.DateTimeFormat('sv-SE', { timeZone: schoolTimeZone, timeStyle: 'short' });
const minutes = (ms: number) => Math.round(ms / 6_000) / 10;

/** The schools' language, whatever that of the page it was asked for from: it is handed in. */
const columns: Column[] = [
  { header: '日期', width: 12, format: text, value: ({ lesson }) => dayOf(lesson.started_at) },
  { header: '课堂', width: 32, format: text, value: ({ lesson }) => lesson.title },
  { header: '主讲学校', width: 20, format: text, value: ({ lesson }) => lesson.school_name },
  { header: '主讲教师', width: 12, format: text, value: ({ lesson }) => lesson.presenter_name },
  { header: '听讲学校', width: 20, format: text, value: ({ room }) => room.school_name },
  { header: '教室', width: 18, format: text, value: ({ room }) => room.name },
  { header: '开始', width: 8, format: text, value: ({ lesson }) => timeOf(lesson.started_at) },
  { header: '结束', width: 8, format: text, value: ({ lesson }) => timeOf(lesson.ended_at) },
  { header: '课堂时长（分钟）', width: 12, value: ({ lengthMs }) => minutes(lengthMs) },
  { header: '在线时长（分钟）', width: 12, value: ({ attendance }) => minutes(attendance.connectedMs) },
  { header: '在线率', width: 10, format: percent, value: ({ attendance }) => attendance.connectedShare },
  { header: '声音接收率', width: 12, format: percent, value: ({ attendance }) => attendance.receivedShare },
  { header: '确认人数', width: 10, value: ({ attendance }) => attendance.headCount },
  {
    ...{ header: '有效听课（人·分钟）', width: 16, format: '0.0' },
    value: ({ attendance }) => attendance.personMinutes,
  },
  {
    ...{ header: '在线时段', width: 40, format: text },
    value: ({ attendance }) =>
      attendance.connected.map(({ from, to }) => `${timeOf(new Date(from))}–${timeOf(new Date(to))}`).join('，'),
  },
];

const dayOf = (at: Date | null) => (at ? schoolDay(at) : '');
const timeOf = (at: Date | null) => (at ? timeClock.format(at) : '');

type Rows = AsyncIterable<readonly AttendanceRow[]> | Iterable<readonly AttendanceRow[]>;

async function write(stream: Writable, rows: Rows): Promise<void> {
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream, useStyles: true });
  const sheet = workbook.addWorksheet('考勤', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = columns.map(({ header, width, format }) => ({
    header,
    width,
    ...(format !== undefined && { style: { numFmt: format } }),
  }));
  sheet.getRow(1).font = { bold: true };
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
  for await (const some of rows) {
    for (const row of some) sheet.addRow(columns.map(({ value }) => value(row))).commit();
    // Lessons go on meanwhile.
    await setImmediate();
  }
  await workbook.commit();
}

/**
 * The attendance of lessons as an Excel workbook, a line for each room of each.
 * @param rows some at a time, which are not held longer than it takes to write them
 */
export async function attendanceWorkbook(rows: Rows): Promise<Buffer> {
  const stream = new PassThrough();
  write(stream, rows).catch((error: unknown) => stream.destroy(error as Error));
  return await buffer(stream);
}
