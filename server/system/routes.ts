import { z } from '@hono/zod-openapi';
import { AppError } from '../errors.ts';
import { jsonAnswer, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { systemStatusSchema, undoneList, undoneParams } from './schema.ts';
import type { SystemService } from './service.ts';

export interface SystemRouteServices {
  system: SystemService;
  /** Root certificate of the local authority (PEM), where there is one. */
  authority: string | null;
}

const tags = ['system'];

export function systemRoutes({ system, authority }: SystemRouteServices) {
  return createRouter()
    .openapi(
      defineRoute(['admin', 'operator'], {
        method: 'get',
        path: '/system/status',
        summary: 'How every part is, asked just now',
        tags,
        responses: { 200: jsonAnswer('Status', systemStatusSchema), default: problemAnswer('forbidden') },
      }),
      async (c) => c.json(await system.status(), 200),
    )
    .openapi(
      defineRoute(['admin'], {
        method: 'get',
        path: '/system/undone',
        summary: 'What could not be done',
        tags,
        responses: { 200: jsonAnswer('The newest first', undoneList), default: problemAnswer('forbidden') },
      }),
      async (c) => c.json({ items: await system.undone.list(accountOf(c.get('actor'))) }, 200),
    )
    .openapi(
      defineRoute(['admin'], {
        method: 'post',
        path: '/system/undone/{kind}/{id}/retry',
        summary: 'Try it again',
        tags,
        request: { params: undoneParams },
        responses: { 204: { description: 'It will be tried' }, default: problemAnswer('forbidden', 'not_found') },
      }),
      async (c) => {
        const { kind, id } = c.req.valid('param');
        await system.undone.retry(accountOf(c.get('actor')), kind, id);
        return c.body(null, 204);
      },
    )
    .openapi(
      defineRoute('anyone', {
        method: 'get',
        path: '/authority.crt',
        summary: "Root certificate of this installation's own authority",
        tags,
        responses: {
          200: { description: 'PEM', content: { 'application/x-x509-ca-cert': { schema: z.string() } } },
          default: problemAnswer('not_found'),
        },
      }),
      async (c) => {
        if (authority === null) throw new AppError('not_found');
        return c.body(authority, 200, {
          'content-type': 'application/x-x509-ca-cert',
          'content-disposition': 'attachment; filename="tongke-authority.crt"',
        });
      },
    );
}

/** For load balancers and process managers: alive, and ready to be sent requests. They name no cause to strangers. */
export function healthRoutes({ system }: { system: Pick<SystemService, 'readiness'> }) {
  return createRouter()
    .get('/healthz', (c) => c.json({ alive: true }, 200, { 'cache-control': 'no-store' }))
    .get('/readyz', async (c) => {
      const { ready, parts } = await system.readiness();
      const states = parts.map(({ name, state, tookMs }) => ({ name, state, tookMs }));
      return c.json({ ready, parts: states }, ready ? 200 : 503, { 'cache-control': 'no-store' });
    });
}
