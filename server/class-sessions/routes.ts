import { z } from '@hono/zod-openapi';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, actorOf, createRouter, defineRoute, deviceOf } from '../http/route.ts';
import { createSeriesSchema, previewAnswer, previewInput, seriesAnswer } from './planning-schema.ts';
import {
  assistantInvitation,
  assistantJoin,
  assistantJoinBody,
  cancellationSchema,
  classSessionList,
  classSessionSchema,
  createClassSessionSchema,
  joinAnswer,
  presenterList,
  showSlidesSchema,
  slidesList,
  timetableQuery,
  updateClassSessionSchema,
} from './schema.ts';
import type { ClassSessionService } from './service.ts';

const tags = ['class sessions'];
const params = z.object({ id: idSchema });
const session = (description: string) => jsonAnswer(description, classSessionSchema);

const list = defineRoute('signed-in', {
  method: 'get',
  path: '/class-sessions',
  tags,
  summary: 'The timetable: sessions of my alliances, of a device those of its room',
  request: { query: timetableQuery },
  responses: {
    200: jsonAnswer('By time; cancelled ones only when asked for.', classSessionList),
    default: problemAnswer(),
  },
});

const create = defineRoute('account', {
  method: 'post',
  path: '/class-sessions',
  tags,
  summary: 'Put a session on the timetable',
  request: { body: jsonBody(createClassSessionSchema) },
  responses: { 201: session('The new session.'), default: problemAnswer('forbidden', 'not_found', 'conflict') },
});

const createSeries = defineRoute('account', {
  method: 'post',
  path: '/class-session-series',
  tags,
  summary: 'Put a weekly lesson on the timetable, all of its dates or none',
  request: { body: jsonBody(createSeriesSchema) },
  responses: {
    201: jsonAnswer('The series with its sessions, by time.', seriesAnswer),
    default: problemAnswer('forbidden', 'not_found', 'conflict'),
  },
});

const preview = defineRoute('account', {
  method: 'post',
  path: '/class-session-previews',
  tags,
  summary: 'The dates of a lesson or a series that is not on the timetable yet, and what stands in their way',
  request: { body: jsonBody(previewInput) },
  responses: {
    200: jsonAnswer('By time. Of lessons that the reader may not see only the time is told.', previewAnswer),
    default: problemAnswer('forbidden', 'not_found'),
  },
});

const presenters = defineRoute('account', {
  method: 'get',
  path: '/alliances/{id}/presenters',
  tags,
  summary: 'Whose lessons I may put on the timetable of an alliance',
  request: { params },
  responses: { 200: jsonAnswer('By school and name.', presenterList), default: problemAnswer('not_found') },
});

const read = defineRoute('signed-in', {
  method: 'get',
  path: '/class-sessions/{id}',
  tags,
  summary: 'One session',
  request: { params },
  responses: { 200: session('The session.'), default: problemAnswer('not_found') },
});

const update = defineRoute('account', {
  method: 'patch',
  path: '/class-sessions/{id}',
  tags,
  summary: 'Change a session that has not begun, or with it those of its series',
  request: { params, body: jsonBody(updateClassSessionSchema) },
  responses: {
    200: session('The session as changed.'),
    default: problemAnswer('forbidden', 'not_found', 'session_not_scheduled', 'conflict'),
  },
});

const cancel = defineRoute('account', {
  method: 'post',
  path: '/class-sessions/{id}/cancellation',
  tags,
  summary: 'Cancel a session that has not begun, or with it those of its series',
  request: { params, body: jsonBody(cancellationSchema) },
  responses: {
    200: session('The cancelled session.'),
    default: problemAnswer('forbidden', 'not_found', 'session_not_scheduled'),
  },
});

const start = defineRoute('account', {
  method: 'post',
  path: '/class-sessions/{id}/start',
  tags,
  summary: 'The presenter begins the lesson; the recording begins with it',
  request: { params },
  responses: {
    200: session('The live session.'),
    default: problemAnswer('forbidden', 'not_found', 'session_already_over', 'classroom_unavailable'),
  },
});

const join = defineRoute('signed-in', {
  method: 'post',
  path: '/class-sessions/{id}/join',
  tags,
  summary: 'A token for the classroom, good once, within 60 seconds; before the lesson, when to ask again',
  request: { params },
  responses: {
    200: jsonAnswer('Token, address and role.', joinAnswer),
    default: problemAnswer('not_found', 'session_not_live', 'session_already_over'),
  },
});

const listSlides = defineRoute('account', {
  method: 'get',
  path: '/class-sessions/{id}/slides',
  tags,
  summary: 'The slides that a lesson was planned with, and others that it has shown',
  request: { params },
  responses: {
    200: jsonAnswer('The planned ones first, then in the order in which they were first shown.', slidesList),
    default: problemAnswer('not_found'),
  },
});

const showSlides = defineRoute('account', {
  method: 'put',
  path: '/class-sessions/{id}/slides',
  tags,
  summary: 'The presenter opens other slides, or none, for all who are in the lesson',
  request: { params, body: jsonBody(showSlidesSchema) },
  responses: {
    200: jsonAnswer('As they are listed now.', slidesList),
    default: problemAnswer('forbidden', 'not_found', 'session_already_over', 'limit_reached', 'classroom_unavailable'),
  },
});

const end = defineRoute('account', {
  method: 'post',
  path: '/class-sessions/{id}/end',
  tags,
  summary: 'The lesson is over for everybody',
  request: { params },
  responses: {
    200: session('The ended session.'),
    default: problemAnswer('forbidden', 'not_found', 'session_not_live'),
  },
});

const invite = defineRoute('device', {
  method: 'post',
  path: '/class-sessions/{id}/assistant-invitation',
  tags,
  summary: "A code for the room's screen, by which a phone becomes the room's assistant",
  request: { params },
  responses: {
    200: jsonAnswer('Good for ten minutes.', assistantInvitation),
    default: problemAnswer('not_found', 'session_already_over'),
  },
});

const joinAsAssistant = defineRoute('anyone', {
  method: 'post',
  path: '/assistants',
  tags,
  summary: "A phone that has scanned the code of a room's screen enters the lesson as the room's assistant",
  request: { body: jsonBody(assistantJoinBody) },
  responses: {
    200: jsonAnswer('Token, address, and a pass to come back with.', assistantJoin),
    default: problemAnswer('invitation_invalid', 'session_not_live', 'session_already_over'),
  },
});

/** The timetable and its lessons. */
export function classSessionRoutes({ classSessions }: { classSessions: ClassSessionService }) {
  return createRouter()
    .openapi(list, async (c) => {
      return c.json(await classSessions.list(actorOf(c.get('actor')), c.req.valid('query')), 200);
    })
    .openapi(create, async (c) => {
      return c.json(await classSessions.create(accountOf(c.get('actor')), c.req.valid('json')), 201);
    })
    .openapi(createSeries, async (c) => {
      return c.json(await classSessions.createSeries(accountOf(c.get('actor')), c.req.valid('json')), 201);
    })
    .openapi(preview, async (c) => {
      return c.json(await classSessions.preview(accountOf(c.get('actor')), c.req.valid('json')), 200);
    })
    .openapi(presenters, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ items: await classSessions.presenters(accountOf(c.get('actor')), id) }, 200);
    })
    .openapi(read, async (c) => {
      return c.json(await classSessions.get(actorOf(c.get('actor')), c.req.valid('param').id), 200);
    })
    .openapi(update, async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await classSessions.update(accountOf(c.get('actor')), id, c.req.valid('json')), 200);
    })
    .openapi(cancel, async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await classSessions.cancel(accountOf(c.get('actor')), id, c.req.valid('json')), 200);
    })
    .openapi(start, async (c) => {
      return c.json(await classSessions.start(accountOf(c.get('actor')), c.req.valid('param').id), 200);
    })
    .openapi(join, async (c) => {
      return c.json(await classSessions.join(actorOf(c.get('actor')), c.req.valid('param').id), 200);
    })
    .openapi(invite, async (c) => {
      c.header('cache-control', 'no-store');
      return c.json(await classSessions.assistants.invite(deviceOf(c.get('actor')), c.req.valid('param').id), 200);
    })
    .openapi(joinAsAssistant, async (c) => {
      c.header('cache-control', 'no-store');
      return c.json(await classSessions.assistants.join(c.req.valid('json').code, c.get('client').address), 200);
    })
    .openapi(listSlides, async (c) => {
      const { id } = c.req.valid('param');
      return c.json({ items: await classSessions.slides(accountOf(c.get('actor')), id) }, 200);
    })
    .openapi(showSlides, async (c) => {
      const { id } = c.req.valid('param');
      const { slidesFileId } = c.req.valid('json');
      return c.json({ items: await classSessions.showSlides(accountOf(c.get('actor')), id, slidesFileId) }, 200);
    })
    .openapi(end, async (c) => {
      return c.json(await classSessions.end(accountOf(c.get('actor')), c.req.valid('param').id), 200);
    });
}
