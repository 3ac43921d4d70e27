import { fileParams } from '../files/schema.ts';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { positionAnswer, positionBody, unfinishedList } from './schema.ts';
import type { PlaybackService } from './service.ts';

const tags = ['files'];

const get = defineRoute('account', {
  method: 'get',
  path: '/files/{id}/position',
  tags,
  summary: 'Where the caller stopped playing',
  request: { params: fileParams },
  responses: { 200: jsonAnswer('Null: never begun', positionAnswer), default: problemAnswer('not_found') },
});

const save = defineRoute('account', {
  method: 'put',
  path: '/files/{id}/position',
  tags,
  summary: 'Keep where the caller stopped playing; an older one changes nothing',
  request: { params: fileParams, body: jsonBody(positionBody) },
  responses: { 204: { description: 'Kept' }, default: problemAnswer('invalid_input', 'not_found') },
});

const unfinished = defineRoute('account', {
  method: 'get',
  path: '/me/unfinished',
  tags,
  summary: 'What the caller began to play and did not finish, the last one first',
  responses: { 200: jsonAnswer('The last few', unfinishedList), default: problemAnswer('not_signed_in') },
});

export function playbackRoutes({ playback }: { playback: PlaybackService }) {
  return createRouter()
    .openapi(get, async (c) => {
      const position = await playback.position(accountOf(c.get('actor')), c.req.valid('param').id);
      return c.json({ position }, 200);
    })
    .openapi(save, async (c) => {
      await playback.save(accountOf(c.get('actor')), c.req.valid('param').id, c.req.valid('json'));
      return c.body(null, 204);
    })
    .openapi(unfinished, async (c) => c.json(await playback.unfinished(accountOf(c.get('actor'))), 200));
}
