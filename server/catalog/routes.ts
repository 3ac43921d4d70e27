import { importBytes } from '../http/body-limit.ts';
import { jsonAnswer, problemAnswer, tableBody } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import {
  findLessonsQuerySchema,
  importQuerySchema,
  importResponseSchema,
  lessonListSchema,
  listNodesQuerySchema,
  listNodesResponseSchema,
  nodeParamsSchema,
  nodeResponseSchema,
} from './schema.ts';
import type { CatalogService } from './service.ts';

const list = defineRoute('signed-in', {
  method: 'get',
  path: '/catalog/nodes',
  tags: ['catalog'],
  summary: 'The children of a node, or the stages',
  request: { query: listNodesQuerySchema },
  responses: {
    200: jsonAnswer('In their order', listNodesResponseSchema),
    default: problemAnswer('not_found', 'not_signed_in'),
  },
});

const get = defineRoute('signed-in', {
  method: 'get',
  path: '/catalog/nodes/{id}',
  tags: ['catalog'],
  summary: 'A node and what lies above it',
  request: { params: nodeParamsSchema },
  responses: {
    200: jsonAnswer('Found', nodeResponseSchema),
    default: problemAnswer('not_found', 'not_signed_in'),
  },
});

const lessons = defineRoute('signed-in', {
  method: 'get',
  path: '/catalog/lessons',
  tags: ['catalog'],
  summary: 'Units and lessons by their name or its pinyin',
  request: { query: findLessonsQuerySchema },
  responses: {
    200: jsonAnswer('The likeliest first', lessonListSchema),
    default: problemAnswer('invalid_input', 'not_signed_in'),
  },
});

const importList = defineRoute(
  ['admin'],
  {
    method: 'post',
    path: '/catalog/import',
    tags: ['catalog'],
    summary: 'Lay a textbook list over the catalog',
    description:
      'First line: 学段 学科 版本 主编 起点 出版社 年级 册次 单元 课 (or stage subject edition chief_editor start_grade publisher grade volume unit lesson), in any order. With dryRun nothing is written, and lines that cannot be read are listed.',
    request: {
      query: importQuerySchema,
      body: tableBody,
    },
    responses: {
      200: jsonAnswer('What changed, or would change', importResponseSchema),
      default: problemAnswer(
        'table_unreadable',
        'table_header_missing',
        'table_empty',
        'table_too_large',
        'body_too_large',
        'forbidden',
        'not_signed_in',
      ),
    },
  },
  importBytes,
);

export function catalogRoutes({ catalog }: { catalog: CatalogService }) {
  return createRouter()
    .openapi(list, async (c) => c.json(await catalog.list(c.req.valid('query').parentId ?? null), 200))
    .openapi(get, async (c) => c.json(await catalog.get(c.req.valid('param').id), 200))
    .openapi(lessons, async (c) => c.json(await catalog.findLessons(c.req.valid('query').q), 200))
    .openapi(importList, async (c) => {
      const dryRun = c.req.valid('query').dryRun === 'true';
      const options = { dryRun, actor: accountOf(c.get('actor')) };
      return c.json(await catalog.import(new Uint8Array(await c.req.arrayBuffer()), options), 200);
    });
}
