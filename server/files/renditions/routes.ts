import type { Context } from 'hono';
import { jsonAnswer, problemAnswer } from '../../http/json.ts';
import { actorOf, createRouter, defineRoute, type Env } from '../../http/route.ts';
import { matchesTag, readRange } from '../ranges.ts';
import { isHead, stream } from '../routes.ts';
import { fileParams } from '../schema.ts';
import { type RenditionName, renditionParams, renditionQuery, renditionsSchema, waveformSchema } from './schema.ts';
import type { RenditionService } from './service.ts';

export interface RenditionRouteServices {
  renditions: RenditionService;
}

const tags = ['files'];
const binary = { schema: { type: 'string', format: 'binary' } } as const;

export function renditionRoutes({ renditions }: RenditionRouteServices) {
  async function content(c: Context<Env>, fileId: string, name: RenditionName, proxied: boolean) {
    const rendition = await renditions.require(actorOf(c.get('actor')), fileId, name);
    // An object never changes, and one made anew has another key.
    const tag = `"${rendition.object_key.split('/').at(-1)}"`;
    const headers = new Headers({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-type': rendition.media_type,
      'x-content-type-options': 'nosniff',
      etag: tag,
    });
    if (matchesTag(c.req.header('if-none-match'), tag)) return new Response(null, { status: 304, headers });
    const condition = c.req.header('if-range');
    let range: ReturnType<typeof readRange>;
    try {
      if (condition === undefined || condition === tag) range = readRange(c.req.header('range'), rendition.bytes);
    } catch (error) {
      c.header('content-range', `bytes */${rendition.bytes}`);
      throw error;
    }
    const elsewhere = proxied ? null : await renditions.presign(rendition);
    if (elsewhere !== null) {
      const location = { location: elsewhere, 'cache-control': 'private, no-store' };
      return new Response(null, { status: 302, headers: location });
    }
    headers.set('content-length', String(range ? range.end - range.start + 1 : rendition.bytes));
    if (range) headers.set('content-range', `bytes ${range.start}-${range.end}/${rendition.bytes}`);
    const body = isHead(c) ? null : stream(await renditions.read(rendition, range));
    return new Response(body, { status: range ? 206 : 200, headers });
  }

  async function sprite(c: Context<Env>, fileId: string) {
    const { object_key, bytes } = await renditions.sprite(actorOf(c.get('actor')), fileId);
    const headers = new Headers({
      'cache-control': 'private, no-cache',
      'content-type': 'image/webp',
      'x-content-type-options': 'nosniff',
      etag: `"${object_key.split('/').at(-1)}"`,
    });
    const isKnown = matchesTag(c.req.header('if-none-match'), headers.get('etag') ?? '');
    if (isKnown) return new Response(null, { status: 304, headers });
    headers.set('content-length', String(bytes));
    const body = isHead(c) ? null : stream(await renditions.read({ object_key }, undefined));
    return new Response(body, { status: 200, headers });
  }

  return createRouter()
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/renditions',
        summary: 'What a video or sound was made into for thin links, and how far that is',
        tags,
        request: { params: fileParams },
        responses: { 200: jsonAnswer('The renditions', renditionsSchema), default: problemAnswer('not_found') },
      }),
      async (c) => c.json(await renditions.list(actorOf(c.get('actor')), c.req.valid('param').id), 200),
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/sprite',
        summary: 'Small frames of a video in one image',
        tags,
        request: { params: fileParams },
        responses: {
          200: { description: 'A WebP image', content: { 'image/webp': binary } },
          304: { description: 'Not changed since it was last asked for' },
          default: problemAnswer('not_found'),
        },
      }),
      (c) => sprite(c, c.req.valid('param').id),
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/waveform',
        summary: 'How loud a sound is, part by part',
        tags,
        request: { params: fileParams },
        responses: { 200: jsonAnswer('The waveform', waveformSchema), default: problemAnswer('not_found') },
      }),
      async (c) => c.json(await renditions.waveform(actorOf(c.get('actor')), c.req.valid('param').id), 200),
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/renditions/{name}',
        summary: 'A rendition, whole or a range of it',
        tags,
        request: { params: renditionParams, query: renditionQuery },
        responses: {
          200: { description: 'The whole', content: { 'video/mp4': binary } },
          206: { description: 'The range asked for', content: { 'video/mp4': binary } },
          302: { description: 'It lies in the object store, there' },
          304: { description: 'Not changed since it was last asked for' },
          default: problemAnswer('not_found', 'range_not_satisfiable'),
        },
      }),
      (c) => {
        const { id, name } = c.req.valid('param');
        return content(c, id, name, c.req.valid('query').proxy !== undefined);
      },
    );
}
