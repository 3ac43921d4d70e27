import { originOf } from '../http/client.ts';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { accountOf, createRouter, defineRoute } from '../http/route.ts';
import { sendDeviceKey } from './device-cookie.ts';
import type { Enrolment } from './enrolment.ts';
import {
  authorizationAnswer,
  authorizationBody,
  confirmationAnswer,
  confirmationBody,
  requestAnswer,
  tokenAnswer,
  tokenBody,
  userCodeParameter,
} from './enrolment-schema.ts';

const keepers = ['admin', 'operator', 'principal'] as const;
const tags = ['enrolment'];

const ask = defineRoute('anyone', {
  method: 'post',
  path: '/device-authorizations',
  summary: 'A screen asks to become a device (RFC 8628 §3.1): codes for it and for whoever confirms',
  tags,
  request: { body: jsonBody(authorizationBody) },
  responses: { 200: jsonAnswer('Codes', authorizationAnswer), default: problemAnswer('too_many_attempts') },
});

const fetchKey = defineRoute('anyone', {
  method: 'post',
  path: '/device-authorizations/token',
  summary: 'The screen asks whether it was confirmed (RFC 8628 §3.4)',
  tags,
  request: { body: jsonBody(tokenBody) },
  responses: {
    200: jsonAnswer('It is a device now; the cookie is set', tokenAnswer),
    default: problemAnswer('authorization_pending', 'slow_down', 'access_denied', 'expired_token'),
  },
});

const read = defineRoute(keepers, {
  method: 'get',
  path: '/device-authorizations/{userCode}',
  summary: 'Which screen is asking under this code',
  tags,
  request: { params: userCodeParameter },
  responses: {
    200: jsonAnswer('Who is asking', requestAnswer),
    default: problemAnswer('user_code_unknown', 'too_many_attempts'),
  },
});

const confirm = defineRoute(keepers, {
  method: 'post',
  path: '/device-authorizations/{userCode}/confirmation',
  summary: "Make that screen a room's device, in place of the one that the room has",
  tags,
  request: { params: userCodeParameter, body: jsonBody(confirmationBody) },
  responses: {
    200: jsonAnswer('Confirmed', confirmationAnswer),
    default: problemAnswer('user_code_unknown', 'not_found', 'forbidden', 'too_many_attempts'),
  },
});

const deny = defineRoute(keepers, {
  method: 'post',
  path: '/device-authorizations/{userCode}/denial',
  summary: 'Refuse that screen',
  tags,
  request: { params: userCodeParameter },
  responses: { 204: { description: 'Refused' }, default: problemAnswer('user_code_unknown', 'too_many_attempts') },
});

/** How a screen becomes a room's device without a key pressed on it. */
export function enrolmentRoutes({ enrolment }: { enrolment: Enrolment }) {
  return createRouter()
    .openapi(ask, async (c) => {
      const client = c.get('client');
      const origin = originOf(client) ?? new URL(c.req.url).origin;
      const asking = { address: client.address, browser: c.req.header('user-agent') ?? '', origin };
      c.header('cache-control', 'no-store');
      return c.json(await enrolment.ask(asking, c.req.valid('json')), 200);
    })
    .openapi(fetchKey, async (c) => {
      const { key, ...place } = await enrolment.fetch(c.req.valid('json').device_code);
      sendDeviceKey(c, key);
      c.header('cache-control', 'no-store');
      return c.json(place, 200);
    })
    .openapi(read, async (c) => {
      const { userCode } = c.req.valid('param');
      return c.json(await enrolment.request(accountOf(c.get('actor')), userCode, c.get('client').address), 200);
    })
    .openapi(confirm, async (c) => {
      const { userCode } = c.req.valid('param');
      const { address } = c.get('client');
      return c.json(await enrolment.confirm(accountOf(c.get('actor')), userCode, c.req.valid('json'), address), 200);
    })
    .openapi(deny, async (c) => {
      const { userCode } = c.req.valid('param');
      await enrolment.deny(accountOf(c.get('actor')), userCode, c.get('client').address);
      return c.body(null, 204);
    });
}
