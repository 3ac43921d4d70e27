import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { Logger } from 'pino';
import type { Env } from './route.ts';

/** Paths that probes ask every few seconds; only their failures are worth a line. */
const quietPaths = new Set(['/healthz', '/readyz', '/metrics']);

/** Gives each request a number of its own, sent back as X-Request-Id, and a log that carries it. */
export function numberRequests(log: Logger) {
  return createMiddleware<Env>(async (c, next) => {
    const requestId = randomUUID();
    c.set('requestId', requestId);
    c.set('log', log.child({ requestId }));
    c.set('actor', null);
    await next();
    c.res.headers.set('X-Request-Id', requestId);
  });
}

/**
 * One line a request. It names the route's pattern, not the address: identifiers, searches, names and
 * network addresses of people stay out of the log.
 */
export function logRequests() {
  return createMiddleware<Env>(async (c, next) => {
    const started = performance.now();
    await next();
    const { status } = c.res;
    if (quietPaths.has(c.req.path) && status < 400) return;
    c.get('log').info(
      {
        method: c.req.method,
        route: routePath(c),
        status,
        tookMs: Math.round((performance.now() - started) * 10) / 10,
        actor: c.get('actor')?.kind ?? 'nobody',
      },
      'request',
    );
  });
}
