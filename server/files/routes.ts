import { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import type { Context } from 'hono';
import { jsonAnswer, problemAnswer } from '../http/json.ts';
import { accountOf, actorOf, createRouter, defineRoute, type Env } from '../http/route.ts';
import { formatOfMediaType } from './policy.ts';
import { matchesTag, readRange } from './ranges.ts';
import {
  archiveContentsSchema,
  contentQuery,
  fileParams,
  fileSchema,
  pageParams,
  pageQuery,
  pageShapesSchema,
  pageWordsSchema,
  thumbnailQuery,
} from './schema.ts';
import type { FileRow, FileService, PreviewWanted } from './service.ts';

export interface FileRouteServices {
  files: FileService;
}

const tags = ['files'];
const binary = { schema: { type: 'string', format: 'binary' } } as const;
const imageAnswer = {
  description: 'A WebP image, of small ones AVIF for whoever accepts it; it never changes',
  content: { 'image/webp': binary, 'image/avif': binary },
} as const;
const notChanged = { description: 'Not changed since it was last asked for' } as const;
const IMMUTABLE = 'private, max-age=31536000, immutable';

/** What a file is served as. Only what has been looked into, and can do no harm, is shown in place. */
function presentation(file: FileRow, wanted: 'attachment' | 'inline') {
  const format = formatOfMediaType(file.media_type);
  const inline = wanted === 'inline' && file.state === 'ready' && (format?.inline ?? false);
  const text = file.media_type.startsWith('text/') ? '; charset=utf-8' : '';
  return {
    mediaType: inline ? file.media_type + text : (format?.mediaType ?? 'application/octet-stream'),
    disposition: contentDisposition(file.name, { type: inline ? 'inline' : 'attachment' }),
  };
}

/**
 * `Readable.toWeb` would copy each piece, and collecting the copies takes as long as sending them; `ReadableStream.from`
 * leaves the object open when whoever asked is gone before the first piece.
 */
export function stream(body: Readable | Buffer): BodyInit {
  if (Buffer.isBuffer(body)) return new Uint8Array(body);
  const pieces: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void body.destroy(),
    },
    { highWaterMark: 0 },
  );
}

/** HEAD is answered by the handlers of GET; for it no object is opened. */
export const isHead = (c: Context<Env>) => c.req.raw.method === 'HEAD';

export function fileRoutes({ files }: FileRouteServices) {
  async function content(
    c: Context<Env>,
    id: string,
    query: { disposition: 'attachment' | 'inline'; proxy?: string | undefined },
  ) {
    const actor = actorOf(c.get('actor'));
    const file = await files.require(actor, id);
    const { mediaType, disposition } = presentation(file, query.disposition);
    const tag = `"${file.sha256 ?? file.id}"`;
    const headers = new Headers({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-disposition': disposition,
      'content-security-policy': "default-src 'none'; sandbox",
      'content-type': mediaType,
      'last-modified': file.created_at.toUTCString(),
      'x-content-type-options': 'nosniff',
      etag: tag,
    });
    if (matchesTag(c.req.header('if-none-match'), tag)) return new Response(null, { status: 304, headers });

    const condition = c.req.header('if-range');
    const unchanged = condition === undefined || condition === tag;
    let range: ReturnType<typeof readRange>;
    try {
      range = unchanged ? readRange(c.req.header('range'), file.bytes) : undefined;
    } catch (error) {
      c.header('content-range', `bytes */${file.bytes}`);
      throw error;
    }
    const begins = range === undefined || range.start === 0;
    if (query.disposition === 'attachment' && begins && !isHead(c)) await files.countDownload(actor, file);
    if (!isHead(c)) files.noteUse(actor, file, query.disposition === 'attachment' ? 'downloaded' : 'viewed');

    const elsewhere = query.proxy === undefined ? await files.presign(file, disposition, mediaType) : null;
    if (elsewhere !== null) {
      return new Response(null, {
        status: 302,
        headers: { location: elsewhere, 'cache-control': 'private, no-store' },
      });
    }
    const length = range ? range.end - range.start + 1 : file.bytes;
    headers.set('content-length', String(length));
    if (range) headers.set('content-range', `bytes ${range.start}-${range.end}/${file.bytes}`);
    const body = isHead(c) || length === 0 ? null : stream(await files.read(file, range));
    return new Response(body, { status: range ? 206 : 200, headers });
  }

  async function preview(c: Context<Env>, id: string, wanted: PreviewWanted, width: number) {
    const avif = c.req.header('accept')?.includes('image/avif') ?? false;
    const image = await files.preview(actorOf(c.get('actor')), id, wanted, { width, avif });
    const number = 'number' in wanted ? wanted.number : 1;
    const tag = `"${id}-${wanted.kind}-${number}-${width}-${image.mediaType.slice('image/'.length)}"`;
    const headers = { 'cache-control': IMMUTABLE, etag: tag, vary: 'accept', 'x-content-type-options': 'nosniff' };
    const silent = isHead(c) || matchesTag(c.req.header('if-none-match'), tag);
    if (silent && image.body instanceof Readable) image.body.destroy();
    if (silent && !isHead(c)) return new Response(null, { status: 304, headers });
    return new Response(silent ? null : stream(image.body), {
      status: 200,
      headers: { ...headers, 'content-type': image.mediaType, 'content-length': String(image.bytes) },
    });
  }

  return createRouter()
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}',
        summary: 'What is known of a file',
        tags,
        request: { params: fileParams },
        responses: { 200: jsonAnswer('The file', fileSchema), default: problemAnswer('not_found') },
      }),
      async (c) => c.json(await files.get(actorOf(c.get('actor')), c.req.valid('param').id), 200),
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/content',
        summary: 'The content, whole or a range of it',
        tags,
        request: { params: fileParams, query: contentQuery },
        responses: {
          200: { description: 'The whole content', content: { 'application/octet-stream': binary } },
          206: { description: 'The range asked for', content: { 'application/octet-stream': binary } },
          302: { description: 'The content lies in the object store, there' },
          304: notChanged,
          default: problemAnswer('not_found', 'range_not_satisfiable'),
        },
      }),
      (c) => content(c, c.req.valid('param').id, c.req.valid('query')),
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/pages/{n}',
        summary: 'Image of a page, the first being 1',
        tags,
        request: { params: pageParams, query: pageQuery },
        responses: { 200: imageAnswer, 304: notChanged, default: problemAnswer('not_found') },
      }),
      (c) => {
        const { id, n } = c.req.valid('param');
        return preview(c, id, { kind: 'page', number: n }, c.req.valid('query').width);
      },
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/pages',
        summary: 'The shapes of the pages, so that their room can be kept before they come',
        tags,
        request: { params: fileParams },
        responses: { 200: jsonAnswer('The shapes', pageShapesSchema), default: problemAnswer('not_found') },
      }),
      async (c) => c.json({ ratios: await files.pageRatios(actorOf(c.get('actor')), c.req.valid('param').id) }, 200),
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/contents',
        summary: 'What lies in an archive',
        tags,
        request: { params: fileParams },
        responses: { 200: jsonAnswer('Names and sizes', archiveContentsSchema), default: problemAnswer('not_found') },
      }),
      async (c) => c.json(await files.contents(actorOf(c.get('actor')), c.req.valid('param').id), 200),
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/pages/{n}/text',
        summary: 'The words of a page, with where they stand',
        tags,
        request: { params: pageParams },
        responses: {
          200: jsonAnswer('The words; they never change', pageWordsSchema),
          default: problemAnswer('not_found'),
        },
      }),
      async (c) => {
        const { id, n } = c.req.valid('param');
        const words = await files.pageWords(actorOf(c.get('actor')), id, n);
        // Words of a page that has none may still be found when the file is processed again.
        c.header('cache-control', words ? IMMUTABLE : 'private, no-cache');
        return c.json(words ?? { lines: [] }, 200);
      },
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/thumbnail',
        summary: 'Small image of the first page, the picture or the video',
        tags,
        request: { params: fileParams, query: thumbnailQuery },
        responses: { 200: imageAnswer, 304: notChanged, default: problemAnswer('not_found') },
      }),
      (c) => preview(c, c.req.valid('param').id, { kind: 'thumbnail' }, c.req.valid('query').width),
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/files/{id}/poster',
        summary: 'A frame of a video',
        tags,
        request: { params: fileParams },
        responses: { 200: imageAnswer, 304: notChanged, default: problemAnswer('not_found') },
      }),
      (c) => preview(c, c.req.valid('param').id, { kind: 'poster' }, Number.MAX_SAFE_INTEGER),
    )
    .openapi(
      defineRoute('account', {
        method: 'delete',
        path: '/files/{id}',
        summary: 'Give up an own file that no resource has',
        tags,
        request: { params: fileParams },
        responses: {
          204: { description: 'Given up' },
          default: problemAnswer('not_found', 'forbidden', 'file_in_use'),
        },
      }),
      async (c) => {
        await files.remove(accountOf(c.get('actor')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}
