import { z } from '@hono/zod-openapi';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { lessonNoteChange, lessonNoteList, lessonNoteSchema, newLessonNote } from './schema.ts';
import type { LessonNoteService } from './service.ts';

const tags = ['lesson notes'];
const notebook = z.object({ id: idSchema });
const page = z.object({ id: idSchema, noteId: idSchema });

export function lessonNoteRoutes({ lessonNotes }: { lessonNotes: LessonNoteService }) {
  return createRouter()
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/class-sessions/{id}/notes',
        summary: 'What the caller has written down of a lesson; nobody else sees it',
        tags,
        request: { params: notebook },
        responses: { 200: jsonAnswer('By moment', lessonNoteList), default: problemAnswer('not_found') },
      }),
      async (c) => {
        c.header('cache-control', 'no-store');
        return c.json({ items: await lessonNotes.list(accountOf(c.get('actor')), c.req.valid('param').id) }, 200);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'post',
        path: '/class-sessions/{id}/notes',
        summary: 'Write something down at its moment',
        tags,
        request: { params: notebook, body: jsonBody(newLessonNote) },
        responses: { 201: jsonAnswer('Kept', lessonNoteSchema), default: problemAnswer('not_found', 'limit_reached') },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await lessonNotes.create(accountOf(c.get('actor')), id, c.req.valid('json')), 201);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'patch',
        path: '/class-sessions/{id}/notes/{noteId}',
        summary: 'Put it in other words',
        tags,
        request: { params: page, body: jsonBody(lessonNoteChange) },
        responses: { 200: jsonAnswer('Changed', lessonNoteSchema), default: problemAnswer('not_found') },
      }),
      async (c) => {
        const { id, noteId } = c.req.valid('param');
        const { text } = c.req.valid('json');
        return c.json(await lessonNotes.change(accountOf(c.get('actor')), id, noteId, text), 200);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'delete',
        path: '/class-sessions/{id}/notes/{noteId}',
        summary: 'Remove a note',
        tags,
        request: { params: page },
        responses: { 204: { description: 'Removed' }, default: problemAnswer('not_found') },
      }),
      async (c) => {
        const { id, noteId } = c.req.valid('param');
        await lessonNotes.remove(accountOf(c.get('actor')), id, noteId);
        return c.body(null, 204);
      },
    );
}
