import { z } from '@hono/zod-openapi';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, actorOf, createRouter, defineRoute, deviceOf } from '../http/route.ts';
import { bytesQuery, checkBody, linkCheckAnswer, roomCheckList, roomCheckQuery } from './check-schema.ts';
import type { RoomChecks } from './checks.ts';

const keepers = ['admin', 'operator', 'principal'] as const;
const params = z.object({ id: idSchema });
const binary = { schema: z.any().openapi({ type: 'string', format: 'binary' }) };

const list = defineRoute('account', {
  method: 'get',
  path: '/room-checks',
  summary: "What the rooms of my alliances' schools found when they last checked their devices and their line",
  tags: ['rooms'],
  request: { query: roomCheckQuery },
  responses: { 200: jsonAnswer('By school and name', roomCheckList), default: problemAnswer() },
});

const ofSession = defineRoute('account', {
  method: 'get',
  path: '/class-sessions/{id}/room-checks',
  summary: 'The same of the rooms of one session',
  tags: ['class sessions'],
  request: { params },
  responses: { 200: jsonAnswer('By school and name', roomCheckList), default: problemAnswer('not_found') },
});

const ask = defineRoute(keepers, {
  method: 'post',
  path: '/rooms/{id}/check',
  summary: "Have the room's device check itself now; it learns of it within seconds",
  tags: ['rooms'],
  request: { params },
  responses: { 202: { description: 'Asked' }, default: problemAnswer('not_found', 'forbidden') },
});

const report = defineRoute('device', {
  method: 'post',
  path: '/device/check',
  summary: 'What the device found',
  tags: ['device'],
  request: { body: jsonBody(checkBody) },
  responses: { 204: { description: 'Kept' }, default: problemAnswer('invalid_input') },
});

const openLink = defineRoute('device', {
  method: 'post',
  path: '/device/link-check',
  summary: 'A token with which the device measures its way to the media node; good once, within 60 seconds',
  tags: ['device'],
  responses: { 200: jsonAnswer('Token and address', linkCheckAnswer), default: problemAnswer() },
});

const down = defineRoute('device', {
  method: 'get',
  path: '/device/link-check/bytes',
  summary: 'Random bytes, to time their coming',
  tags: ['device'],
  request: { query: bytesQuery },
  responses: {
    200: { description: 'As many as asked for', content: { 'application/octet-stream': binary } },
    default: problemAnswer('invalid_input'),
  },
});

const up = defineRoute('device', {
  method: 'post',
  path: '/device/link-check/bytes',
  summary: 'Takes up to 1 MiB and keeps nothing, to time their going',
  tags: ['device'],
  request: { body: { content: { 'application/octet-stream': binary } } },
  responses: { 204: { description: 'Received' }, default: problemAnswer('body_too_large') },
});

/** The check of a room before its lesson: asked for, made, looked at. */
export function checkRoutes({ roomChecks }: { roomChecks: RoomChecks }) {
  return createRouter()
    .openapi(list, async (c) => {
      const { schoolId } = c.req.valid('query');
      return c.json({ items: await roomChecks.list(accountOf(c.get('actor')), schoolId) }, 200);
    })
    .openapi(ofSession, async (c) => {
      return c.json({ items: await roomChecks.ofSession(actorOf(c.get('actor')), c.req.valid('param').id) }, 200);
    })
    .openapi(ask, async (c) => {
      await roomChecks.ask(accountOf(c.get('actor')), c.req.valid('param').id);
      return c.body(null, 202);
    })
    .openapi(report, async (c) => {
      await roomChecks.report(deviceOf(c.get('actor')), c.req.valid('json'));
      return c.body(null, 204);
    })
    .openapi(openLink, async (c) => c.json(await roomChecks.openLink(deviceOf(c.get('actor'))), 200))
    .openapi(down, (c) => {
      const { n } = c.req.valid('query');
      c.header('content-length', String(n));
      c.header('content-type', 'application/octet-stream');
      c.header('cache-control', 'no-store');
      return c.body(roomChecks.noise(n), 200);
    })
    .openapi(up, async (c) => {
      for await (const _ of c.req.raw.body ?? []) {
        // Only the time of its coming matters.
      }
      return c.body(null, 204);
    });
}
