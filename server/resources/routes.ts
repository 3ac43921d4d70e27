import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, actorOf, createRouter, defineRoute } from '../http/route.ts';
import { resourceInkSchema } from './recording-schema.ts';
import {
  createResourceSchema,
  listMineQuerySchema,
  listMineResponseSchema,
  resourceParamsSchema,
  resourceSchema,
  searchQuerySchema,
  searchResponseSchema,
  suggestionQuerySchema,
  suggestionsSchema,
  updateResourceSchema,
} from './schema.ts';
import type { ResourceService } from './service.ts';

const tags = ['resources'];

const search = defineRoute('signed-in', {
  method: 'get',
  path: '/resources',
  tags,
  summary: 'Search the library',
  request: { query: searchQuerySchema },
  responses: {
    200: jsonAnswer('What the caller may see of it', searchResponseSchema),
    default: problemAnswer('invalid_input', 'not_signed_in'),
  },
});

const suggest = defineRoute('signed-in', {
  method: 'get',
  path: '/search/suggestions',
  tags,
  summary: 'Lessons whose name, or its pinyin, begins as typed',
  request: { query: suggestionQuerySchema },
  responses: {
    200: jsonAnswer('The likeliest first', suggestionsSchema),
    default: problemAnswer('invalid_input', 'not_signed_in'),
  },
});

const create = defineRoute('account', {
  method: 'post',
  path: '/resources',
  tags,
  summary: 'Put a resource into the library',
  request: { body: jsonBody(createResourceSchema) },
  responses: {
    201: jsonAnswer('Made', resourceSchema),
    default: problemAnswer('invalid_input', 'forbidden', 'not_signed_in'),
  },
});

const listMine = defineRoute('account', {
  method: 'get',
  path: '/me/resources',
  tags,
  summary: "One's own resources, the last changed first",
  request: { query: listMineQuerySchema },
  responses: {
    200: jsonAnswer('A part of the list', listMineResponseSchema),
    default: problemAnswer('invalid_input', 'not_signed_in'),
  },
});

const get = defineRoute('signed-in', {
  method: 'get',
  path: '/resources/{id}',
  tags,
  summary: 'A resource with its files',
  request: { params: resourceParamsSchema },
  responses: {
    200: jsonAnswer('Found', resourceSchema),
    default: problemAnswer('not_found', 'not_signed_in'),
  },
});

const ink = defineRoute('signed-in', {
  method: 'get',
  path: '/resources/{id}/ink',
  tags,
  summary: 'What was drawn on the slides of a recorded lesson',
  request: { params: resourceParamsSchema },
  responses: {
    200: jsonAnswer('All of it, with its times; it never changes', resourceInkSchema),
    default: problemAnswer('not_found', 'not_signed_in'),
  },
});

const update = defineRoute('account', {
  method: 'patch',
  path: '/resources/{id}',
  tags,
  summary: 'Change a resource',
  request: { params: resourceParamsSchema, body: jsonBody(updateResourceSchema) },
  responses: {
    200: jsonAnswer('As it is now', resourceSchema),
    default: problemAnswer('invalid_input', 'not_found', 'forbidden', 'revision_outdated', 'not_signed_in'),
  },
});

const publish = defineRoute('account', {
  method: 'post',
  path: '/resources/{id}/publication',
  tags,
  summary: 'Publish a draft',
  request: { params: resourceParamsSchema },
  responses: {
    200: jsonAnswer('As it is now', resourceSchema),
    default: problemAnswer('not_found', 'forbidden', 'not_signed_in'),
  },
});

const withdraw = defineRoute('account', {
  method: 'delete',
  path: '/resources/{id}/publication',
  tags,
  summary: 'Make it a draft again, which only its owner sees',
  request: { params: resourceParamsSchema },
  responses: {
    204: { description: 'Withdrawn' },
    default: problemAnswer('not_found', 'forbidden', 'not_signed_in'),
  },
});

const remove = defineRoute('account', {
  method: 'delete',
  path: '/resources/{id}',
  tags,
  summary: 'Delete a resource',
  request: { params: resourceParamsSchema },
  responses: {
    204: { description: 'Deleted' },
    default: problemAnswer('not_found', 'forbidden', 'not_signed_in'),
  },
});

export function resourceRoutes({ resources }: { resources: ResourceService }) {
  return createRouter()
    .openapi(suggest, async (c) => c.json(await resources.suggest(actorOf(c.get('actor')), c.req.valid('query')), 200))
    .openapi(search, async (c) => c.json(await resources.search(actorOf(c.get('actor')), c.req.valid('query')), 200))
    .openapi(create, async (c) => c.json(await resources.create(accountOf(c.get('actor')), c.req.valid('json')), 201))
    .openapi(listMine, async (c) =>
      c.json(await resources.listMine(accountOf(c.get('actor')), c.req.valid('query')), 200),
    )
    .openapi(get, async (c) => c.json(await resources.get(actorOf(c.get('actor')), c.req.valid('param').id), 200))
    .openapi(ink, async (c) => c.json(await resources.ink(actorOf(c.get('actor')), c.req.valid('param').id), 200))
    .openapi(update, async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await resources.update(accountOf(c.get('actor')), id, c.req.valid('json')), 200);
    })
    .openapi(publish, async (c) =>
      c.json(await resources.publish(accountOf(c.get('actor')), c.req.valid('param').id), 200),
    )
    .openapi(withdraw, async (c) => {
      await resources.withdraw(accountOf(c.get('actor')), c.req.valid('param').id);
      return c.body(null, 204);
    })
    .openapi(remove, async (c) => {
      await resources.delete(accountOf(c.get('actor')), c.req.valid('param').id);
      return c.body(null, 204);
    });
}
