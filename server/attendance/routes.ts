import { z } from '@hono/zod-openapi';
import { create as contentDisposition } from 'content-disposition';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { attendanceParams, attendanceSchema, headCountSchema, periodQuery, roomParams } from './schema.ts';
import type { AttendanceService } from './service.ts';

const tags = ['attendance'];
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const workbookAnswer = { description: 'An Excel workbook', content: { [xlsx]: { schema: z.string() } } };

const read = defineRoute('account', {
  method: 'get',
  path: '/class-sessions/{id}/attendance',
  tags,
  summary: 'Which room was really there, of those that I may know of',
  request: { params: attendanceParams },
  responses: {
    200: jsonAnswer('By school and room.', attendanceSchema),
    default: problemAnswer('forbidden', 'not_found', 'session_not_live'),
  },
});

const count = defineRoute('account', {
  method: 'put',
  path: '/class-sessions/{id}/attendance/{roomId}',
  tags,
  summary: 'Say how many were in a room',
  request: { params: roomParams, body: jsonBody(headCountSchema) },
  responses: {
    200: jsonAnswer('The attendance as it is now.', attendanceSchema),
    default: problemAnswer('forbidden', 'not_found', 'session_not_live', 'too_many_attempts'),
  },
});

const workbook = defineRoute('account', {
  method: 'get',
  path: '/class-sessions/{id}/attendance.xlsx',
  tags,
  summary: 'The same as an Excel workbook',
  request: { params: attendanceParams },
  responses: { 200: workbookAnswer, default: problemAnswer('forbidden', 'not_found', 'session_not_live') },
});

const workbookOfAlliance = defineRoute(['office', 'admin'], {
  method: 'get',
  path: '/alliances/{id}/attendance.xlsx',
  tags,
  summary: 'The attendance of all lessons of an alliance in a period, as an Excel workbook',
  request: { params: attendanceParams, query: periodQuery },
  responses: { 200: workbookAnswer, default: problemAnswer('not_found') },
});

const headers = (name: string) => ({
  'content-type': xlsx,
  'content-disposition': contentDisposition(name),
  'cache-control': 'private, no-store',
});

/** Attendance of lessons. */
export function attendanceRoutes({ attendance }: { attendance: AttendanceService }) {
  return createRouter()
    .openapi(read, async (c) => {
      return c.json(await attendance.read(accountOf(c.get('actor')), c.req.valid('param').id), 200);
    })
    .openapi(count, async (c) => {
      const { id, roomId } = c.req.valid('param');
      const { headCount } = c.req.valid('json');
      return c.json(await attendance.count(accountOf(c.get('actor')), id, roomId, headCount), 200);
    })
    .openapi(workbook, async (c) => {
      const { name, bytes } = await attendance.workbook(accountOf(c.get('actor')), c.req.valid('param').id);
      return c.body(new Uint8Array(bytes), 200, headers(`考勤 ${name}.xlsx`));
    })
    .openapi(workbookOfAlliance, async (c) => {
      const period = c.req.valid('query');
      const bytes = await attendance.workbookOfAlliance(accountOf(c.get('actor')), c.req.valid('param').id, period);
      return c.body(new Uint8Array(bytes), 200, headers(`考勤 ${period.from}至${period.to}.xlsx`));
    });
}
