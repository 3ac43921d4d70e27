import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Browser } from '../environment/browser.ts';
import {
  type Caller,
  callers,
  keyless,
  type Line,
  lines,
  lists,
  type SharedLine,
  type State,
  seers,
  shared,
  states,
  type Target,
} from './table.ts';
import { createRightsWorld, type RightsWorld, type Shared } from './world.ts';

type Outcome = 'passes' | 401 | 403 | 404;

let world: RightsWorld;
let things: Map<State, Shared>;
const browsers = new Map<Caller, Browser>();
beforeAll(async () => {
  world = await createRightsWorld();
  things = new Map();
  for (const state of states) things.set(state, await world.share(state, '稀见题目'));
  for (const caller of callers) browsers.set(caller, await world.open(caller));
  await world.carried();
}, 120_000);
afterAll(() => world.close());

const thingIn = (state: State): Shared => things.get(state) ?? expect.fail(`no ${state}`);
const browserOf = (caller: Caller): Browser => browsers.get(caller) ?? expect.fail(`no ${caller}`);

/** What is made for those who are to be refused, so that it outlives them. */
const kept = new Map<Target, string>();
async function targetFor(target: Target, fresh: boolean): Promise<string> {
  const found = fresh ? undefined : kept.get(target);
  if (found !== undefined) return found;
  const id = await world.make(target);
  if (!fresh) kept.set(target, id);
  return id;
}

const methodOf = (route: string) => route.slice(0, route.indexOf(' '));
const fill = (route: string, parts: Record<string, string>) =>
  route
    .slice(route.indexOf(' ') + 1)
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? expect.fail(`${route}: no ${name}`));

async function outcomeOf(answer: Promise<Response>): Promise<Outcome | string> {
  const response = await answer;
  await response.body?.cancel();
  const { status } = response;
  if (status === 401 || status === 403 || status === 404) return status;
  return status < 500 ? 'passes' : `fails with ${status}`;
}

function expectedOf(line: Line, caller: Caller): Outcome {
  if (line.passes.includes(caller)) return 'passes';
  if (line.refused?.includes(caller)) return 403;
  if (keyless.includes(caller) && !line.hidden?.includes(caller)) return 401;
  return line.hidden?.includes(caller) ? 404 : 403;
}

function expectedOfShared(line: SharedLine, state: State, caller: Caller): Outcome {
  if (keyless.includes(caller)) return 401;
  if (line.closed?.includes(caller)) return 403;
  if (line.always?.includes(caller)) return 'passes';
  if (!seers(state, line.of).includes(caller)) return 404;
  return line.passes === undefined || line.passes.includes(caller) ? 'passes' : 403;
}

describe('the table of rights', () => {
  it('has a line for every route, and a route for every line', async () => {
    const documented = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(await (await world.open('nobody').then((browser) => browser.get('/api/openapi.json'))).json());
    const routes = new Set(
      Object.entries(documented.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    );
    /** Addresses whose handler tells the methods apart by itself. */
    const whole = new Set<string>();
    for (const { method, path } of world.app.routes) {
      const address = path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}');
      if (address.endsWith('*')) continue;
      if (method === 'ALL') whole.add(address);
      else routes.add(`${method} ${address}`);
    }
    const told = new Set([...lines, ...shared, ...lists].map(({ route }) => route));
    const addressOf = (route: string) => route.slice(route.indexOf(' ') + 1);
    expect(routes.size).toBeGreaterThan(60);
    expect(
      [...routes].filter((route) => !told.has(route)),
      'routes without a line',
    ).toEqual([]);
    expect(
      [...whole].filter((address) => ![...told].some((route) => addressOf(route) === address)),
      'addresses without a line',
    ).toEqual([]);
    expect(
      [...told].filter((route) => !routes.has(route) && !whole.has(addressOf(route))),
      'lines without a route',
    ).toEqual([]);
  });
});

describe('what is shared', () => {
  it.each(callers)('is found by %s in lists as it may be seen', async (caller) => {
    for (const { route, query, by, closed, finds } of lists) {
      const response = await browserOf(caller).get(fill(route, {}) + encodeURI(query));
      const expected = keyless.includes(caller) ? 401 : closed?.includes(caller) ? 403 : 200;
      expect([route, response.status]).toEqual([route, expected]);
      const text = await response.text();
      if (expected !== 200) continue;
      expect(text, 'answered by the index').not.toContain('"degraded":true');
      const found = states.filter((state) => text.includes(thingIn(state)[by === 'node' ? 'nodeId' : 'resourceId']));
      expect([route, query, found]).toEqual([route, query, states.filter((state) => finds(state).includes(caller))]);
    }
  });

  it.each(states)('and is %s is given to whom it may be', async (state) => {
    const wrong: string[] = [];
    for (const line of shared) {
      if (state === 'loose' && line.of === 'resource') continue;
      for (const caller of callers) {
        const expected = expectedOfShared(line, state, caller);
        const method = methodOf(line.route);
        const thing = expected === 'passes' && method !== 'GET' ? await world.share(state, '另一个') : thingIn(state);
        const id = line.of === 'file' ? thing.fileId : thing.resourceId;
        const path = fill(line.route, { ...line.rest, trackId: thing.trackId, id }) + (line.query ?? '');
        const actual = await outcomeOf(browserOf(caller).request(path, { ...line.ask?.(), method }));
        if (actual !== expected) wrong.push(`${line.route} by ${caller}: ${actual}, not ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('every other route', () => {
  it.each(callers)('opens to %s as the table says', async (caller) => {
    const wrong: string[] = [];
    for (const line of lines) {
      const expected = expectedOf(line, caller);
      const method = methodOf(line.route);
      const fresh = expected === 'passes' && method !== 'GET';
      const parts: Record<string, string> = { ...line.rest };
      if (line.at) parts.id = await targetFor(line.at, fresh);
      if (line.second) parts[line.second.name] = await targetFor(line.second.at, fresh);
      const shown = line.shows && (await targetFor(line.shows.target, false));
      const asked = browserOf(caller).request(fill(line.route, parts), { ...line.ask?.(world.facts), method });
      const said = shown === undefined ? '' : await (await asked).clone().text();
      const actual = await outcomeOf(asked);
      const what = `${line.route}${line.about ? ` (${line.about})` : ''}`;
      if (actual !== expected) wrong.push(`${what}: ${actual}, not ${expected}`);
      if (shown === undefined) continue;
      const shows = line.shows?.to.includes(caller) ?? false;
      if (said.includes(shown) !== shows) wrong.push(`${what}: ${shows ? 'does not show' : 'shows'} it`);
    }
    expect(wrong).toEqual([]);
  });
});
