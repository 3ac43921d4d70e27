import { z } from '@hono/zod-openapi';
import { jsonAnswer, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { auditEventPage, auditExportSchema, auditQuerySchema } from './schema.ts';
import type { AuditService } from './service.ts';

export interface AuditRouteServices {
  audit: AuditService;
}

const readers = ['admin', 'principal'] as const;
const tags = ['audit'];

/** Its next piece is only made when the one before has been taken; who goes away ends it. */
function streamOf(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const [iterator, encoder] = [pieces[Symbol.asyncIterator](), new TextEncoder()];
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

export function auditRoutes({ audit }: AuditRouteServices) {
  return createRouter()
    .openapi(
      defineRoute(readers, {
        method: 'get',
        path: '/audit-events',
        summary: 'Who saw, took and changed what, the newest first; a principal is told of their own school',
        tags,
        request: { query: auditQuerySchema },
        responses: {
          200: jsonAnswer('A part of the trail', auditEventPage),
          default: problemAnswer('invalid_input', 'forbidden'),
        },
      }),
      async (c) => c.json(await audit.list(accountOf(c.get('actor')), c.req.valid('query')), 200),
    )
    .openapi(
      defineRoute(readers, {
        method: 'get',
        path: '/audit-events.csv',
        summary: 'The same as a table (RFC 4180) for spreadsheets',
        tags,
        request: { query: auditExportSchema },
        responses: {
          200: { description: 'UTF-8 with a byte order mark', content: { 'text/csv': { schema: z.string() } } },
          default: problemAnswer('invalid_input', 'forbidden'),
        },
      }),
      async (c) => {
        const pieces = await audit.export(accountOf(c.get('actor')), c.req.valid('query'));
        const day = new Date().toISOString().slice(0, 10);
        return c.body(streamOf(pieces), 200, {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="audit-${day}.csv"`,
          'cache-control': 'private, no-store',
        });
      },
    );
}
