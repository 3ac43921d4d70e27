import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { compress } from 'hono/compress';
import { createMiddleware } from 'hono/factory';
import { createRouter, type Env } from './route.ts';

/** Files whose name holds a hash of their content never change. */
const hashedFolder = '/assets/';
const immutable = 'public, max-age=31536000, immutable';
const revalidated = 'no-cache';

/** Paths that belong to the server; an unknown one among them is not found and never the page. */
const serverPaths = /^\/(?:api|calendar|classroom|healthz|readyz|metrics|assets)(?:\/|$)/;

/**
 * The built web: hashed files kept for ever, the page itself asked for anew each time, and the page again
 * for every address that is the web's own.
 *
 * @param root folder of the build.
 */
export function webFiles(root: string) {
  const page = serveStatic({ path: join(root, 'index.html'), root: '', precompressed: true });
  return createRouter()
    .use(compress())
    .use(
      createMiddleware<Env>(async (c, next) => {
        await next();
        if (c.res.ok) {
          c.res.headers.set('Cache-Control', c.req.path.startsWith(hashedFolder) ? immutable : revalidated);
        }
      }),
    )
    .use(serveStatic({ root, precompressed: true }))
    .get('*', async (c, next) => (serverPaths.test(c.req.path) ? next() : page(c, next)));
}
