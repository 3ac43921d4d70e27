import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { roles } from '../../server/http/route.ts';
import type { Browser } from './environment/browser.ts';
import { createWholeApplication, type WholeApplication } from './environment/whole-application.ts';

const policySchema = z.union([z.enum(['anyone', 'signed-in', 'account', 'device']), z.array(z.enum(roles))]);
const operationSchema = z.looseObject({
  'x-policy': policySchema,
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  requestBody: z
    .looseObject({ required: z.boolean().optional(), content: z.record(z.string(), z.unknown()) })
    .optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});
type Operation = z.infer<typeof operationSchema>;

const unknownId = '019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21';

let world: WholeApplication;
let operations: { method: string; path: string; operation: Operation }[];
beforeAll(async () => {
  world = await createWholeApplication();
  const document = documentSchema.parse(await (await world.open().get('/api/openapi.json')).json());
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
});
afterAll(() => world.close());

describe('the API document', () => {
  it('describes every route of the API, each with its policy', () => {
    const documented = new Set(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`));
    const own = new Set([
      '/api/openapi.json',
      '/api/docs',
      '/api/docs/reader.js',
      '/api/docs/swagger-ui.css',
      '/api/docs/swagger-ui-bundle.js',
    ]);
    const served = world.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/') && !own.has(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`);
    expect(served.length).toBeGreaterThan(20);
    expect([...new Set(served)].filter((route) => !documented.has(route))).toEqual([]);
  });

  it('asks for every JSON body, so that none passes unread', () => {
    const optional = operations.filter(
      ({ operation }) =>
        operation.requestBody?.content['application/json'] !== undefined && operation.requestBody.required !== true,
    );
    expect(optional.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('is a page, too, with its script from here', async () => {
    const page = await (await world.open().get('/api/docs')).text();
    expect(page).not.toMatch(/<script>|https?:/);
    for (const [, path = ''] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect([path, (await world.open().get(path)).status]).toEqual([path, 200]);
    }
  });
});

describe('the policy of every route', () => {
  const allowed = (policy: z.infer<typeof policySchema>, who: string): boolean => {
    if (policy === 'anyone') return true;
    if (who === 'nobody') return false;
    if (policy === 'signed-in') return true;
    if (policy === 'device' || policy === 'account') return (who === 'device') === (policy === 'device');
    return policy.some((role) => role === who);
  };

  const callers = ['nobody', 'device', ...roles];

  it.each(callers)('holds for %s', async (who) => {
    const open = async (): Promise<Browser> => {
      if (who === 'nobody') return world.open();
      if (who === 'device') return (await world.enrolDevice()).browser;
      const role = roles.find((candidate) => candidate === who) ?? 'teacher';
      return await world.signIn(role);
    };
    const browser = await open();
    const expected = who === 'nobody' ? 401 : 403;
    const wrong: string[] = [];
    for (const { method, path, operation } of operations) {
      if (operation['x-policy'] === 'anyone') continue;
      // Every input is missing or unknown: whoever may call gets past the policy and no further.
      const address = path.replaceAll(/\{\w+\}/g, unknownId);
      const { status } = await browser.request(address, { method: method.toUpperCase() });
      const passes = allowed(operation['x-policy'], who);
      const refused = status === expected;
      if (passes === refused || status >= 500) wrong.push(`${method} ${path}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });
});
