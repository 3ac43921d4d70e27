import { timingSafeEqual } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import ipaddr from 'ipaddr.js';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { AppError } from '../errors.ts';
import type { Client } from './client.ts';
import { createRouter, type Env } from './route.ts';

/** The registry that every part adds its figures to, with those of the process already in it. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Measures every request by method, route pattern and status. */
export function measureRequests(registry: Registry) {
  const duration = new Histogram({
    name: 'tongke_http_request_duration_seconds',
    help: 'Time until the head of the answer was ready',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  return createMiddleware<Env>(async (c, next) => {
    const stop = duration.startTimer();
    await next();
    stop({ method: c.req.method, route: routePath(c), status: String(c.res.status) });
  });
}

function sameText(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function fromThisMachine(client: Client): boolean {
  // A proxy on this machine that nobody declared would make every visitor look local.
  if (client.forwardedByStranger || client.address === '') return false;
  return ipaddr.process(client.address).range() === 'loopback';
}

/** The figures in Prometheus' text format, for the bearer of the token or, where there is none, this machine itself. */
export function metricsRoutes(registry: Registry, token: string | null) {
  return createRouter().get('/metrics', async (c) => {
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const allowed = token === null ? fromThisMachine(c.get('client')) : bearer !== undefined && sameText(bearer, token);
    if (!allowed) throw new AppError('forbidden');
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
  });
}
