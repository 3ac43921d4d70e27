import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { noticeList, readNoticesBody } from './schema.ts';
import type { NoticeService } from './service.ts';

const tags = ['notices'];

export function noticeRoutes({ notices }: { notices: NoticeService }) {
  return createRouter()
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/me/notices',
        summary:
          'What I was told of: lessons that were cancelled, moved or changed, recordings that are about to be deleted',
        tags,
        responses: { 200: jsonAnswer('The newest first', noticeList), default: problemAnswer('not_signed_in') },
      }),
      async (c) => c.json(await notices.list(accountOf(c.get('actor'))), 200),
    )
    .openapi(
      defineRoute('account', {
        method: 'post',
        path: '/me/notices/read',
        summary: 'I have read these, or all',
        tags,
        request: { body: jsonBody(readNoticesBody) },
        responses: { 204: { description: 'Noted' }, default: problemAnswer('not_signed_in') },
      }),
      async (c) => {
        await notices.markRead(accountOf(c.get('actor')), c.req.valid('json').ids);
        return c.body(null, 204);
      },
    );
}
