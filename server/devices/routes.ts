import { z } from '@hono/zod-openapi';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { sendDeviceKey } from './device-cookie.ts';
import {
  enrolmentBody,
  newDeviceAnswer,
  newDeviceBody,
  placeSchema,
  roomAnswer,
  roomBody,
  roomList,
  roomPatch,
  roomQuery,
} from './schema.ts';
import type { DeviceService } from './service.ts';

const keepers = ['admin', 'operator', 'principal'] as const;
const idParameter = z.object({ id: idSchema });

export function deviceRoutes({ devices }: { devices: DeviceService }) {
  return createRouter()
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/rooms',
        summary: "Rooms of my alliances' schools with their devices",
        tags: ['rooms'],
        request: { query: roomQuery },
        responses: { 200: jsonAnswer('Rooms by name', roomList), default: problemAnswer('not_signed_in') },
      }),
      async (c) => {
        const items = await devices.rooms(accountOf(c.get('actor')), c.req.valid('query').schoolId);
        return c.json({ items }, 200);
      },
    )
    .openapi(
      defineRoute(keepers, {
        method: 'post',
        path: '/rooms',
        summary: 'Make a room',
        tags: ['rooms'],
        request: { body: jsonBody(roomBody) },
        responses: { 201: jsonAnswer('Made', roomAnswer), default: problemAnswer('forbidden', 'name_taken') },
      }),
      async (c) => c.json({ room: await devices.createRoom(accountOf(c.get('actor')), c.req.valid('json')) }, 201),
    )
    .openapi(
      defineRoute(keepers, {
        method: 'patch',
        path: '/rooms/{id}',
        summary: 'Rename a room',
        tags: ['rooms'],
        request: { params: idParameter, body: jsonBody(roomPatch) },
        responses: {
          200: jsonAnswer('Renamed', roomAnswer),
          default: problemAnswer('not_found', 'forbidden', 'name_taken'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json({ room: await devices.renameRoom(accountOf(c.get('actor')), id, c.req.valid('json').name) }, 200);
      },
    )
    .openapi(
      defineRoute(keepers, {
        method: 'delete',
        path: '/rooms/{id}',
        summary: 'Remove a room; its devices lose access',
        tags: ['rooms'],
        request: { params: idParameter },
        responses: { 204: { description: 'Removed' }, default: problemAnswer('not_found', 'forbidden') },
      }),
      async (c) => {
        await devices.deleteRoom(accountOf(c.get('actor')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .openapi(
      defineRoute(keepers, {
        method: 'post',
        path: '/rooms/{id}/devices',
        summary: 'Announce a device; the answer holds its one-time code',
        tags: ['rooms'],
        request: { params: idParameter, body: jsonBody(newDeviceBody) },
        responses: {
          201: jsonAnswer('Announced', newDeviceAnswer),
          default: problemAnswer('not_found', 'forbidden', 'limit_reached'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await devices.announce(accountOf(c.get('actor')), id, c.req.valid('json').name), 201);
      },
    )
    .openapi(
      defineRoute(keepers, {
        method: 'delete',
        path: '/devices/{id}',
        summary: "End a device's access",
        tags: ['rooms'],
        request: { params: idParameter },
        responses: { 204: { description: 'Ended' }, default: problemAnswer('not_found', 'forbidden') },
      }),
      async (c) => {
        await devices.revoke(accountOf(c.get('actor')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .openapi(
      defineRoute('anyone', {
        method: 'post',
        path: '/device/enrolment',
        summary: 'Become the device that a one-time code stands for',
        tags: ['device'],
        request: { body: jsonBody(enrolmentBody) },
        responses: {
          200: jsonAnswer('Enrolled; the cookie is set', placeSchema),
          default: problemAnswer('enrolment_code_wrong', 'too_many_attempts'),
        },
      }),
      async (c) => {
        const { key, ...place } = await devices.enrol(c.req.valid('json').code, c.get('client').address);
        sendDeviceKey(c, key);
        return c.json(place, 200);
      },
    );
}
