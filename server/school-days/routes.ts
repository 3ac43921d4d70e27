import { z } from '@hono/zod-openapi';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { bellTimesAnswer, bellTimesSchema, termInputSchema, termList, termSchema } from './schema.ts';
import type { SchoolDayService } from './service.ts';

const tags = ['school days'];
const request = { params: z.object({ id: idSchema }) };

export function schoolDayRoutes({ schoolDays }: { schoolDays: SchoolDayService }) {
  return createRouter()
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/schools/{id}/bell-times',
        summary: "The periods of a school of my alliances, by the school's clocks",
        tags,
        request,
        responses: { 200: jsonAnswer('Bell times', bellTimesAnswer), default: problemAnswer('not_found') },
      }),
      async (c) => c.json(await schoolDays.bellTimes(accountOf(c.get('actor')), c.req.valid('param').id), 200),
    )
    .openapi(
      defineRoute(['admin', 'operator', 'principal'], {
        method: 'put',
        path: '/schools/{id}/bell-times',
        summary: 'Set the periods of a school; lessons that are planned already stay where they are',
        tags,
        request: { ...request, body: jsonBody(bellTimesSchema) },
        responses: {
          200: jsonAnswer('The bell times as set', bellTimesAnswer),
          default: problemAnswer('not_found', 'forbidden'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await schoolDays.setBellTimes(accountOf(c.get('actor')), id, c.req.valid('json')), 200);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/alliances/{id}/terms',
        summary: 'The terms of an alliance with their days off and make-up days',
        tags,
        request,
        responses: { 200: jsonAnswer('By their first day', termList), default: problemAnswer('not_found') },
      }),
      async (c) => c.json(await schoolDays.terms(accountOf(c.get('actor')), c.req.valid('param').id), 200),
    )
    .openapi(
      defineRoute(['admin', 'office', 'operator', 'principal'], {
        method: 'post',
        path: '/alliances/{id}/terms',
        summary: 'Set a term',
        tags,
        request: { ...request, body: jsonBody(termInputSchema) },
        responses: {
          201: jsonAnswer('The term', termSchema),
          default: problemAnswer('not_found', 'forbidden', 'term_overlaps'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await schoolDays.createTerm(accountOf(c.get('actor')), id, c.req.valid('json')), 201);
      },
    )
    .openapi(
      defineRoute(['admin', 'office', 'operator', 'principal'], {
        method: 'put',
        path: '/terms/{id}',
        summary: 'Change a term; lessons that are planned already stay where they are',
        tags,
        request: { ...request, body: jsonBody(termInputSchema) },
        responses: {
          200: jsonAnswer('The term as changed', termSchema),
          default: problemAnswer('not_found', 'forbidden', 'term_overlaps'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await schoolDays.changeTerm(accountOf(c.get('actor')), id, c.req.valid('json')), 200);
      },
    )
    .openapi(
      defineRoute(['admin', 'office', 'operator', 'principal'], {
        method: 'delete',
        path: '/terms/{id}',
        summary: 'Remove a term',
        tags,
        request,
        responses: { 204: { description: 'Removed' }, default: problemAnswer('not_found', 'forbidden') },
      }),
      async (c) => {
        await schoolDays.deleteTerm(accountOf(c.get('actor')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}
