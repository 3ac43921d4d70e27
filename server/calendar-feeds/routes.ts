import { z } from '@hono/zod-openapi';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import { jsonAnswer, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { feedAnswer, newFeedAnswer } from './schema.ts';
import type { CalendarFeedService } from './service.ts';

const tags = ['calendar feeds'];
const keepers = ['admin', 'operator', 'principal'] as const;
const request = { params: z.object({ id: idSchema }) };

/** Making, renewing and ending feeds. */
export function calendarFeedRoutes({ calendarFeeds }: { calendarFeeds: CalendarFeedService }) {
  return createRouter()
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/me/calendar',
        summary: 'Whether my lessons have a calendar feed',
        tags,
        responses: { 200: jsonAnswer('The feed', feedAnswer), default: problemAnswer('not_signed_in') },
      }),
      async (c) => c.json(await calendarFeeds.ofAccount(accountOf(c.get('actor'))), 200),
    )
    .openapi(
      defineRoute('account', {
        method: 'post',
        path: '/me/calendar',
        summary: 'Give my lessons a calendar feed; an older one ends',
        tags,
        responses: {
          201: jsonAnswer('Its address, told once', newFeedAnswer),
          default: problemAnswer('not_signed_in'),
        },
      }),
      async (c) => c.json(await calendarFeeds.renewOfAccount(accountOf(c.get('actor'))), 201),
    )
    .openapi(
      defineRoute('account', {
        method: 'delete',
        path: '/me/calendar',
        summary: 'End the calendar feed of my lessons',
        tags,
        responses: { 204: { description: 'Ended' }, default: problemAnswer('not_signed_in') },
      }),
      async (c) => {
        await calendarFeeds.revokeOfAccount(accountOf(c.get('actor')));
        return c.body(null, 204);
      },
    )
    .openapi(
      defineRoute(keepers, {
        method: 'get',
        path: '/rooms/{id}/calendar',
        summary: 'Whether the lessons of a room have a calendar feed',
        tags,
        request,
        responses: { 200: jsonAnswer('The feed', feedAnswer), default: problemAnswer('not_found', 'forbidden') },
      }),
      async (c) => c.json(await calendarFeeds.ofRoom(accountOf(c.get('actor')), c.req.valid('param').id), 200),
    )
    .openapi(
      defineRoute(keepers, {
        method: 'post',
        path: '/rooms/{id}/calendar',
        summary: 'Give the lessons of a room a calendar feed; an older one ends',
        tags,
        request,
        responses: {
          201: jsonAnswer('Its address, told once', newFeedAnswer),
          default: problemAnswer('not_found', 'forbidden'),
        },
      }),
      async (c) => c.json(await calendarFeeds.renewOfRoom(accountOf(c.get('actor')), c.req.valid('param').id), 201),
    )
    .openapi(
      defineRoute(keepers, {
        method: 'delete',
        path: '/rooms/{id}/calendar',
        summary: 'End the calendar feed of a room',
        tags,
        request,
        responses: { 204: { description: 'Ended' }, default: problemAnswer('not_found', 'forbidden') },
      }),
      async (c) => {
        await calendarFeeds.revokeOfRoom(accountOf(c.get('actor')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}

/** The feeds themselves, for programs that have nothing but the address: it is their key. */
export function calendarRoutes(calendarFeeds: Pick<CalendarFeedService, 'read'>) {
  return createRouter()
    .use('/calendar/*', compress())
    .use('/calendar/*', etag({ weak: true }))
    .get('/calendar/:file{.+\\.ics}', async (c) => {
      const text = await calendarFeeds.read(c.req.param('file').slice(0, -'.ics'.length));
      return c.body(text, 200, {
        'content-type': 'text/calendar; charset=utf-8',
        'content-disposition': 'inline; filename="tongke.ics"',
        'cache-control': 'private, no-cache',
      });
    });
}
