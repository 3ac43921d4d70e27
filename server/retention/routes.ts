import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import {
  exemptionBody,
  resourceRetentionSchema,
  retentionBody,
  retentionParameters,
  retentionQuery,
  schoolRetentionSchema,
} from './schema.ts';
import type { RetentionService } from './service.ts';

const tags = ['retention'];
const request = { params: retentionParameters };

export function retentionRoutes({ retention }: { retention: RetentionService }) {
  return createRouter()
    .openapi(
      defineRoute(['admin', 'principal'], {
        method: 'get',
        path: '/schools/{id}/retention',
        summary: 'How long a school keeps its recordings, and how many are older, or older than asked',
        tags,
        request: { ...request, query: retentionQuery },
        responses: { 200: jsonAnswer('The rule', schoolRetentionSchema), default: problemAnswer('not_found') },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await retention.rule(accountOf(c.get('actor')), id, c.req.valid('query').keptDays), 200);
      },
    )
    .openapi(
      defineRoute(['admin', 'principal'], {
        method: 'put',
        path: '/schools/{id}/retention',
        summary: 'Set how long a school keeps its recordings',
        tags,
        request: { ...request, body: jsonBody(retentionBody) },
        responses: { 200: jsonAnswer('The rule as set', schoolRetentionSchema), default: problemAnswer('not_found') },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(await retention.setRule(accountOf(c.get('actor')), id, c.req.valid('json').keptDays), 200);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'put',
        path: '/resources/{id}/retention',
        summary: 'Keep a recording for ever, whatever the rule of its school, or no longer',
        tags,
        request: { ...request, body: jsonBody(exemptionBody) },
        responses: {
          200: jsonAnswer('How long it is kept now', resourceRetentionSchema),
          default: problemAnswer('not_found', 'forbidden', 'not_a_recording'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const { keptForEver } = c.req.valid('json');
        return c.json(await retention.setExemption(accountOf(c.get('actor')), id, keptForEver), 200);
      },
    );
}
