import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { DeviceService } from '../devices/service.ts';
import { importBytes } from '../http/body-limit.ts';
import { jsonAnswer, jsonBody, problemAnswer, tableBody } from '../http/json.ts';
import { idSchema } from '../http/page.ts';
import { accountOf, actorOf, createRouter, defineRoute, type Env } from '../http/route.ts';
import type { SchoolService } from '../schools/service.ts';
import { listPreviewAnswer, listQuery } from './list-schema.ts';
import {
  accountAnswer,
  accountPage,
  accountPatch,
  accountQuery,
  initialPasswordAnswer,
  meAnswer,
  newAccountAnswer,
  newAccountBody,
  passwordChangeBody,
  signInBody,
} from './schema.ts';
import type { AccountService } from './service.ts';
import type { Cookies, SignInService } from './sign-in.ts';

export interface AccountRouteServices {
  accounts: AccountService;
  signIn: SignInService;
  schools: Pick<SchoolService, 'alliancesOf'>;
  devices: Pick<DeviceService, 'place'>;
}

const keepers = ['admin', 'operator', 'principal'] as const;
const idParameter = z.object({ id: idSchema });

export function setCookies(c: Context<Env>, cookies: Cookies): void {
  for (const cookie of cookies) c.header('set-cookie', cookie, { append: true });
}

export function requestOf(c: Context<Env>) {
  return { client: c.get('client'), headers: c.req.raw.headers };
}

export function accountRoutes({ accounts, signIn, schools, devices }: AccountRouteServices) {
  return createRouter()
    .openapi(
      defineRoute('anyone', {
        method: 'post',
        path: '/sign-in',
        summary: 'Sign in with a name or a phone number',
        tags: ['sign-in'],
        request: { body: jsonBody(signInBody) },
        responses: {
          200: jsonAnswer('Signed in; the cookie is set', accountAnswer),
          default: problemAnswer('sign_in_failed', 'account_locked', 'too_many_attempts'),
        },
      }),
      async (c) => {
        const { accountId, cookies } = await signIn.signIn(c.req.valid('json'), requestOf(c));
        setCookies(c, cookies);
        return c.json({ account: await accounts.get(accountId) }, 200);
      },
    )
    .openapi(
      defineRoute('anyone', {
        method: 'post',
        path: '/sign-out',
        summary: 'End this sign-in, on the server too',
        tags: ['sign-in'],
        responses: { 204: { description: 'Signed out' }, default: problemAnswer() },
      }),
      async (c) => {
        setCookies(c, await signIn.signOut(requestOf(c)));
        return c.body(null, 204);
      },
    )
    .openapi(
      defineRoute('signed-in', {
        method: 'get',
        path: '/me',
        summary: 'Who is signed in here',
        tags: ['sign-in'],
        responses: { 200: jsonAnswer('An account or a device', meAnswer), default: problemAnswer('not_signed_in') },
      }),
      async (c) => {
        const actor = actorOf(c.get('actor'));
        if (actor.kind === 'device')
          return c.json({ actor: { kind: 'device' as const, ...(await devices.place(actor)) } }, 200);
        const [account, alliances] = await Promise.all([accounts.get(actor.id), schools.alliancesOf(actor)]);
        return c.json({ actor: { kind: 'account' as const, account, alliances } }, 200);
      },
    )
    .openapi(
      defineRoute('account', {
        method: 'post',
        path: '/me/password',
        summary: 'Change the own password; other sign-ins end',
        tags: ['sign-in'],
        request: { body: jsonBody(passwordChangeBody) },
        responses: {
          204: { description: 'Changed' },
          default: problemAnswer('password_wrong', 'password_too_weak', 'account_locked'),
        },
      }),
      async (c) => {
        setCookies(c, await signIn.changePassword(accountOf(c.get('actor')), c.req.valid('json'), requestOf(c)));
        return c.body(null, 204);
      },
    )
    .openapi(
      defineRoute(keepers, {
        method: 'get',
        path: '/accounts',
        summary: 'Accounts, by name',
        tags: ['accounts'],
        request: { query: accountQuery },
        responses: { 200: jsonAnswer('A page of accounts', accountPage), default: problemAnswer('invalid_input') },
      }),
      async (c) => c.json(await accounts.list(accountOf(c.get('actor')), c.req.valid('query')), 200),
    )
    .openapi(
      defineRoute(keepers, {
        method: 'post',
        path: '/accounts',
        summary: 'Make an account with a random first password',
        tags: ['accounts'],
        request: { body: jsonBody(newAccountBody) },
        responses: {
          201: jsonAnswer('Made', newAccountAnswer),
          default: problemAnswer('invalid_input', 'forbidden', 'login_taken', 'phone_taken'),
        },
      }),
      async (c) => c.json(await accounts.create(accountOf(c.get('actor')), c.req.valid('json')), 201),
    )
    .openapi(
      defineRoute(
        keepers,
        {
          method: 'post',
          path: '/staff-list-previews',
          summary: 'What accounts a list of people would bring',
          description:
            'One of the first lines: 姓名 手机号 账号名 角色 学校 (or name phone login role school), in any order; all but the name may be missing. Nothing is written.',
          tags: ['accounts'],
          request: { query: listQuery, body: tableBody },
          responses: {
            200: jsonAnswer('Each line, and what would become of it', listPreviewAnswer),
            default: problemAnswer(
              ...(['table_unreadable', 'table_header_missing', 'table_empty', 'table_too_large'] as const),
              ...(['body_too_large', 'forbidden', 'not_signed_in'] as const),
            ),
          },
        },
        importBytes,
      ),
      async (c) => {
        const list = { bytes: new Uint8Array(await c.req.arrayBuffer()), schoolId: c.req.valid('query').schoolId };
        return c.json(await accounts.previewList(accountOf(c.get('actor')), list), 200);
      },
    )
    .openapi(
      defineRoute(keepers, {
        method: 'patch',
        path: '/accounts/{id}',
        summary: 'Change, disable or enable an account',
        tags: ['accounts'],
        request: { params: idParameter, body: jsonBody(accountPatch) },
        responses: {
          200: jsonAnswer('Changed', accountAnswer),
          default: problemAnswer('not_found', 'forbidden', 'login_taken', 'phone_taken', 'last_admin'),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json({ account: await accounts.change(accountOf(c.get('actor')), id, c.req.valid('json')) }, 200);
      },
    )
    .openapi(
      defineRoute(keepers, {
        method: 'post',
        path: '/accounts/{id}/password',
        summary: 'Give a new random password; the account is signed out everywhere',
        tags: ['accounts'],
        request: { params: idParameter },
        responses: {
          200: jsonAnswer('Reset', initialPasswordAnswer),
          default: problemAnswer('not_found', 'forbidden'),
        },
      }),
      async (c) => c.json(await accounts.resetPassword(accountOf(c.get('actor')), c.req.valid('param').id), 200),
    );
}
