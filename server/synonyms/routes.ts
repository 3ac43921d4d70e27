import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { synonymGroupBody, synonymGroupList, synonymGroupParams, synonymGroupSchema } from './schema.ts';
import type { SynonymService } from './service.ts';

const tags = ['search'];

const list = defineRoute(['admin'], {
  method: 'get',
  path: '/synonyms',
  tags,
  summary: 'Groups of words that find the same',
  responses: { 200: jsonAnswer('All groups', synonymGroupList), default: problemAnswer('not_signed_in', 'forbidden') },
});

const create = defineRoute(['admin'], {
  method: 'post',
  path: '/synonyms',
  tags,
  summary: 'Make a group',
  request: { body: jsonBody(synonymGroupBody) },
  responses: { 201: jsonAnswer('Made', synonymGroupSchema), default: problemAnswer('invalid_input', 'forbidden') },
});

const update = defineRoute(['admin'], {
  method: 'put',
  path: '/synonyms/{id}',
  tags,
  summary: 'Give a group other words',
  request: { params: synonymGroupParams, body: jsonBody(synonymGroupBody) },
  responses: {
    200: jsonAnswer('As it is now', synonymGroupSchema),
    default: problemAnswer('invalid_input', 'forbidden', 'not_found'),
  },
});

const remove = defineRoute(['admin'], {
  method: 'delete',
  path: '/synonyms/{id}',
  tags,
  summary: 'Delete a group',
  request: { params: synonymGroupParams },
  responses: { 204: { description: 'Deleted' }, default: problemAnswer('forbidden', 'not_found') },
});

export function synonymRoutes({ synonyms }: { synonyms: SynonymService }) {
  return createRouter()
    .openapi(list, async (c) => c.json({ items: await synonyms.list() }, 200))
    .openapi(create, async (c) =>
      c.json(await synonyms.create(accountOf(c.get('actor')), c.req.valid('json').words), 201),
    )
    .openapi(update, async (c) => {
      const { id } = c.req.valid('param');
      return c.json(await synonyms.update(accountOf(c.get('actor')), id, c.req.valid('json').words), 200);
    })
    .openapi(remove, async (c) => {
      await synonyms.delete(accountOf(c.get('actor')), c.req.valid('param').id);
      return c.body(null, 204);
    });
}
