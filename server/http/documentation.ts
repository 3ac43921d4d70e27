import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { createRouter } from './route.ts';

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Tongke API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
  </head>
  <body>
    <div id="reader"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/reader.js"></script>
  </body>
</html>
`;

const reader = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#reader', deepLinking: true, showExtensions: true, validatorUrl: null });\n`;

/** What the API is, as a page that people can read. Its files come from this server. */
export function documentationRoutes() {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const file = (name: string) => serveStatic({ path: `${folder}/${name}`, root: '' });
  return createRouter()
    .get('/docs', (c) => c.html(page))
    .get('/docs/reader.js', (c) => c.body(reader, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
    .get('/docs/swagger-ui.css', file('swagger-ui.css'))
    .get('/docs/swagger-ui-bundle.js', file('swagger-ui-bundle.js'));
}

/** The head of the OpenAPI document (OpenAPI 3.1). */
export const documentHead = {
  openapi: '3.1.0',
  info: {
    title: 'Tongke',
    version: '1',
    description:
      'The shared library and the live classroom of a school alliance. Accounts sign in with a cookie, devices with ' +
      'the cookie of their enrolment. Every refusal is a problem detail (RFC 9457) with a stable code. ' +
      '`x-policy` says who may call a route.',
  },
};
