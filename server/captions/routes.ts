import { z } from '@hono/zod-openapi';
import { fileParams } from '../files/schema.ts';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, actorOf, createRouter, defineRoute } from '../http/route.ts';
import { captionListSchema, captionParams, captionsSchema, changeCaptionsBody, newCaptionsQuery } from './schema.ts';
import type { CaptionService } from './service.ts';

const tags = ['files'];

const list = defineRoute('signed-in', {
  method: 'get',
  path: '/files/{id}/captions',
  tags,
  summary: 'The captions of a video or sound, and whether the caller may edit them',
  request: { params: fileParams },
  responses: { 200: jsonAnswer('All tracks', captionListSchema), default: problemAnswer('not_found') },
});

const get = defineRoute('signed-in', {
  method: 'get',
  path: '/files/{id}/captions/{trackId}',
  tags,
  summary: 'Captions cue by cue',
  request: { params: captionParams },
  responses: { 200: jsonAnswer('The captions', captionsSchema), default: problemAnswer('not_found') },
});

const track = defineRoute('signed-in', {
  method: 'get',
  path: '/files/{id}/captions/{trackId}/vtt',
  tags,
  summary: 'Captions for a player',
  request: { params: captionParams },
  responses: {
    200: { description: 'Times and plain text', content: { 'text/vtt': { schema: z.string() } } },
    default: problemAnswer('not_found'),
  },
});

const create = defineRoute('account', {
  method: 'post',
  path: '/files/{id}/captions',
  tags,
  summary: 'Add captions from WebVTT or SubRip',
  description:
    'UTF-8, UTF-16 with a byte order mark, or GB 18030. Only times and plain text are kept. A fault is told as the number of its line and one of time_missing, time_wrong, end_before_start, text_too_long, too_many_cues.',
  request: {
    params: fileParams,
    query: newCaptionsQuery,
    body: {
      required: true,
      content: { 'text/vtt': { schema: z.string() }, 'application/x-subrip': { schema: z.string() } },
    },
  },
  responses: {
    201: jsonAnswer('Added', captionsSchema),
    default: problemAnswer(
      'invalid_input',
      'not_found',
      'forbidden',
      'type_not_allowed',
      'captions_unreadable',
      'captions_full',
      'body_too_large',
    ),
  },
});

const update = defineRoute('account', {
  method: 'put',
  path: '/files/{id}/captions/{trackId}',
  tags,
  summary: 'Change captions',
  request: { params: captionParams, body: jsonBody(changeCaptionsBody) },
  responses: {
    200: jsonAnswer('As they are now', captionsSchema),
    default: problemAnswer('invalid_input', 'not_found', 'forbidden', 'revision_outdated', 'body_too_large'),
  },
});

const remove = defineRoute('account', {
  method: 'delete',
  path: '/files/{id}/captions/{trackId}',
  tags,
  summary: 'Delete captions',
  request: { params: captionParams },
  responses: { 204: { description: 'Deleted' }, default: problemAnswer('not_found', 'forbidden') },
});

export function captionRoutes({ captions }: { captions: CaptionService }) {
  return createRouter()
    .openapi(list, async (c) => c.json(await captions.list(actorOf(c.get('actor')), c.req.valid('param').id), 200))
    .openapi(get, async (c) => {
      const { id, trackId } = c.req.valid('param');
      return c.json(await captions.get(actorOf(c.get('actor')), id, trackId), 200);
    })
    .openapi(track, async (c) => {
      const { id, trackId } = c.req.valid('param');
      const content = await captions.track(actorOf(c.get('actor')), id, trackId);
      return c.body(content, 200, {
        'content-type': 'text/vtt; charset=utf-8',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
    })
    .openapi(create, async (c) => {
      const content = new Uint8Array(await c.req.arrayBuffer());
      const actor = accountOf(c.get('actor'));
      return c.json(await captions.create(actor, c.req.valid('param').id, c.req.valid('query'), content), 201);
    })
    .openapi(update, async (c) => {
      const { id, trackId } = c.req.valid('param');
      return c.json(await captions.update(accountOf(c.get('actor')), id, trackId, c.req.valid('json')), 200);
    })
    .openapi(remove, async (c) => {
      const { id, trackId } = c.req.valid('param');
      await captions.delete(accountOf(c.get('actor')), id, trackId);
      return c.body(null, 204);
    });
}
