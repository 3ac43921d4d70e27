import { createMiddleware } from 'hono/factory';
import { AppError } from '../errors.ts';
import { originOf } from './client.ts';
import type { Env } from './route.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes that another site's page has set off in a signed-in browser. Browsers mark every such request with
 * Sec-Fetch-Site (Fetch Metadata, W3C) or, older ones, with Origin (RFC 6454 §7); programs that are no browser send
 * neither and carry no one else's cookie. It holds for every content type, so also for tus' PATCH.
 *
 * @param publicOrigin the address of the installation where it differs from what reaches us.
 */
export function refuseCrossSite(publicOrigin: string | null) {
  return createMiddleware<Env>(async (c, next) => {
    if (!safeMethods.has(c.req.method)) {
      const origin = c.req.header('origin');
      const ours = origin !== undefined && (origin === originOf(c.get('client')) || origin === publicOrigin);
      const site = c.req.header('sec-fetch-site');
      const crossSite =
        site === undefined ? origin !== undefined && !ours : site !== 'same-origin' && site !== 'none' && !ours;
      if (crossSite) throw new AppError('cross_site_request');
    }
    await next();
  });
}
