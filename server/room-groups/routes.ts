import { z } from '@hono/zod-openapi';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { roomGroupBody, roomGroupList, roomGroupSchema } from './schema.ts';
import type { RoomGroupService } from './service.ts';

const tags = ['room groups'];
const request = { params: z.object({ id: idSchema }) };

export function roomGroupRoutes({ roomGroups }: { roomGroups: RoomGroupService }) {
  return createRouter()
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/alliances/{id}/room-groups',
        summary: 'Rooms that often take part together, saved under a name',
        tags,
        request,
        responses: { 200: jsonAnswer('By name', roomGroupList), default: problemAnswer('not_found') },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json({ items: await roomGroups.list(accountOf(c.get('actor')), id) }, 200);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'post',
        path: '/alliances/{id}/room-groups',
        summary: 'Save rooms as a group for the whole alliance',
        tags,
        request: { ...request, body: jsonBody(roomGroupBody) },
        responses: {
          201: jsonAnswer('Saved', roomGroupSchema),
          default: problemAnswer('not_found', 'name_taken', 'limit_reached'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await roomGroups.create(accountOf(c.get('actor')), id, c.req.valid('json')), 201);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'put',
        path: '/room-groups/{id}',
        summary: 'Change a group',
        tags,
        request: { ...request, body: jsonBody(roomGroupBody) },
        responses: {
          200: jsonAnswer('Changed', roomGroupSchema),
          default: problemAnswer('not_found', 'forbidden', 'name_taken'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await roomGroups.change(accountOf(c.get('actor')), id, c.req.valid('json')), 200);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'delete',
        path: '/room-groups/{id}',
        summary: 'Remove a group; its rooms stay',
        tags,
        request,
        responses: { 204: { description: 'Removed' }, default: problemAnswer('not_found', 'forbidden') },
      }),
      async (c) => {
        await roomGroups.remove(accountOf(c.get('actor')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}
