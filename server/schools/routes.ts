import { z } from '@hono/zod-openapi';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import {
  allianceAnswer,
  allianceBody,
  allianceList,
  memberBody,
  memberParameters,
  schoolAnswer,
  schoolBody,
  schoolList,
  schoolPatch,
} from './schema.ts';
import type { SchoolService } from './service.ts';

const idParameter = z.object({ id: idSchema });
const tags = ['schools'];

export function schoolRoutes({ schools }: { schools: SchoolService }) {
  return createRouter()
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/schools',
        summary: 'Schools of my alliances; an administrator sees all',
        tags,
        responses: { 200: jsonAnswer('Schools by name', schoolList), default: problemAnswer('not_signed_in') },
      }),
      async (c) => c.json({ items: await schools.schoolsOf(accountOf(c.get('actor'))) }, 200),
    )
    .openapi(
      defineRoute(['admin'], {
        method: 'post',
        path: '/schools',
        summary: 'Make a school',
        tags,
        request: { body: jsonBody(schoolBody) },
        responses: { 201: jsonAnswer('Made', schoolAnswer), default: problemAnswer('forbidden', 'name_taken') },
      }),
      async (c) =>
        c.json({ school: await schools.createSchool(accountOf(c.get('actor')), c.req.valid('json').name) }, 201),
    )
    .openapi(
      defineRoute(['admin'], {
        method: 'patch',
        path: '/schools/{id}',
        summary: 'Rename a school, or set how much it may keep',
        tags,
        request: { params: idParameter, body: jsonBody(schoolPatch) },
        responses: { 200: jsonAnswer('Changed', schoolAnswer), default: problemAnswer('not_found', 'name_taken') },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        const school = await schools.changeSchool(accountOf(c.get('actor')), id, c.req.valid('json'));
        return c.json({ school }, 200);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'get',
        path: '/alliances',
        summary: 'My alliances with their schools; an administrator sees all',
        tags,
        responses: { 200: jsonAnswer('Alliances by name', allianceList), default: problemAnswer('not_signed_in') },
      }),
      async (c) => c.json({ items: await schools.alliancesOf(accountOf(c.get('actor'))) }, 200),
    )
    .openapi(
      defineRoute(['admin'], {
        method: 'post',
        path: '/alliances',
        summary: 'Make an alliance',
        tags,
        request: { body: jsonBody(allianceBody) },
        responses: { 201: jsonAnswer('Made', allianceAnswer), default: problemAnswer('forbidden', 'name_taken') },
      }),
      async (c) => {
        const { name, kind } = c.req.valid('json');
        return c.json({ alliance: await schools.createAlliance(accountOf(c.get('actor')), name, kind) }, 201);
      },
    )
    .openapi(
      defineRoute(['admin'], {
        method: 'put',
        path: '/alliances/{id}/schools/{schoolId}',
        summary: 'Make a school a member, or change its role',
        tags,
        request: { params: memberParameters, body: jsonBody(memberBody) },
        responses: {
          200: jsonAnswer('The alliance', allianceAnswer),
          default: problemAnswer('not_found', 'lead_taken'),
        },
      }),
      async (c) => {
        const { id, schoolId } = c.req.valid('param');
        const { role } = c.req.valid('json');
        const member = { allianceId: id, schoolId, role };
        return c.json({ alliance: await schools.putMember(accountOf(c.get('actor')), member) }, 200);
      },
    )
    .openapi(
      defineRoute(['admin'], {
        method: 'delete',
        path: '/alliances/{id}/schools/{schoolId}',
        summary: 'Take a school out of an alliance',
        tags,
        request: { params: memberParameters },
        responses: { 204: { description: 'Taken out' }, default: problemAnswer('not_found') },
      }),
      async (c) => {
        const { id, schoolId } = c.req.valid('param');
        await schools.removeMember(accountOf(c.get('actor')), id, schoolId);
        return c.body(null, 204);
      },
    );
}
