import { accountAnswer } from '../accounts/schema.ts';
import type { AccountService } from '../accounts/service.ts';
import type { SignInService } from '../accounts/sign-in.ts';
import { jsonAnswer, jsonBody, problemAnswer } from '../http/json.ts';
import { createRouter, defineRoute } from '../http/route.ts';
import { setUpAnswer, setUpBody } from './schema.ts';
import type { SetUpService } from './service.ts';

export interface SetUpRouteServices {
  setUp: SetUpService;
  accounts: Pick<AccountService, 'get'>;
  signIn: Pick<SignInService, 'signIn'>;
}

export function setUpRoutes({ setUp, accounts, signIn }: SetUpRouteServices) {
  return createRouter()
    .openapi(
      defineRoute('anyone', {
        method: 'get',
        path: '/setup',
        summary: 'Whether the first administrator is still to be made',
        tags: ['set-up'],
        responses: { 200: jsonAnswer('Needed or not', setUpAnswer), default: problemAnswer() },
      }),
      async (c) => c.json({ needed: await setUp.needed() }, 200),
    )
    .openapi(
      defineRoute('anyone', {
        method: 'post',
        path: '/setup',
        summary: 'Make the first administrator and sign in',
        tags: ['set-up'],
        request: { body: jsonBody(setUpBody) },
        responses: {
          201: jsonAnswer('Made and signed in', accountAnswer),
          default: problemAnswer('set_up_token_wrong', 'already_set_up', 'password_too_weak', 'too_many_attempts'),
        },
      }),
      async (c) => {
        const body = c.req.valid('json');
        const client = c.get('client');
        await setUp.createFirstAdmin(body, client.address);
        const { accountId, cookies } = await signIn.signIn(body, { client, headers: c.req.raw.headers });
        for (const cookie of cookies) c.header('set-cookie', cookie, { append: true });
        return c.json({ account: await accounts.get(accountId) }, 201);
      },
    );
}
