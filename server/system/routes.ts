import { z } from '@hono/zod-openapi';
import { AppError } from '../errors.ts';
import { jsonAnswer, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { createRouter, defineRoute } from '../http/route.ts';
import { deadJobList, systemStatusSchema } from './schema.ts';
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
        path: '/system/jobs/dead',
        summary: 'Jobs that have used up their tries',
        tags,
        responses: { 200: jsonAnswer('The newest first', deadJobList), default: problemAnswer('forbidden') },
      }),
      async (c) => c.json({ items: await system.deadJobs() }, 200),
    )
    .openapi(
      defineRoute(['admin'], {
        method: 'post',
        path: '/system/jobs/{id}/retry',
        summary: 'Try a dead job again',
        tags,
        request: { params: z.object({ id: idSchema }) },
        responses: { 204: { description: 'It will be tried' }, default: problemAnswer('forbidden', 'not_found') },
      }),
      async (c) => {
        await system.retryJob(c.req.valid('param').id);
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
