import type { Chance } from '../../environment/chance.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = (string | number)[];

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
/** What JSON can say and no field expects. Parsed, because a literal `__proto__` would be a prototype and not a key. */
const oddities: Json[] = [
  ...[
    null,
    true,
    false,
    '',
    ' ',
    'NaN',
    '1',
    '\u0000',
    '\ud800',
    '𝕏‮课\u2028',
    '__proto__',
    '../../etc/passwd',
    "' or 1=1 --",
  ],
  ...[0, -0, -1, 0.5, 127, 255, 2 ** 16, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308, -1e308, 5e-324],
  ...['x'.repeat(65), 'x'.repeat(1_025), '课'.repeat(9_000)],
  ...[[], {}, [null], [[]], Array.from({ length: 300 }, (_, index) => index)],
  JSON.parse(deep(2_000)),
  JSON.parse('{"__proto__":{"polluted":true,"role":"presenter"}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}},"toString":null,"length":-1}'),
];

/** Every place in a value that can be put something else into, from the whole to its leaves. */
function pathsOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, each]) => pathsOf(each, [...path, key]))];
}

function replaced(value: Json, path: Path, change: (parent: Record<string, Json>, key: string) => void): Json {
  const root: Json = { root: structuredClone(value) };
  const keys = ['root', ...path].map(String);
  const last = keys.pop() ?? 'root';
  const parent = keys.reduce<Json>((each, key) => (each as Record<string, Json>)[key] ?? null, root);
  change(parent as Record<string, Json>, last);
  return root.root ?? null;
}

/** The same message with something wrong in one place: another type or size, missing, or more than belongs there. */
export function mutate(message: unknown, chance: Chance): unknown {
  const value = JSON.parse(JSON.stringify(message)) as Json;
  const path = chance.among(pathsOf(value));
  const odd = chance.among(oddities);
  return replaced(value, path, (parent, key) => {
    const kind = chance.below(8);
    const here = parent[key];
    if (kind === 0) delete parent[key];
    else if (kind === 1 && typeof here === 'object' && here !== null) Object.assign(here, { extra: odd });
    else if (kind === 2 && typeof here === 'number') parent[key] = here * chance.among([-1, 1.5, 2 ** 24, 2 ** 40]);
    else if (kind === 3 && typeof here === 'string') parent[key] = here.split('').reverse().join('');
    else if (kind === 4 && Array.isArray(here)) parent[key] = [...here, ...here, ...here];
    else parent[key] = odd;
  });
}

export function randomBytes(chance: Chance, most: number): Buffer {
  return Buffer.from(Array.from({ length: chance.below(most) }, () => chance.below(256)));
}

/** Something that is JSON and perhaps a frame. */
export function randomJson(chance: Chance, depth = 3): Json {
  const kind = chance.below(depth > 0 ? 6 : 3);
  if (kind < 3) return chance.among(oddities);
  if (kind === 3) return Array.from({ length: chance.below(4) }, () => randomJson(chance, depth - 1));
  const keys = ['type', 'id', 'method', 'data', 'token', '__proto__', 'seq', 'ok', '\u0000'];
  const entries = keys.filter(() => chance.below(2) === 0).map((key) => [key, randomJson(chance, depth - 1)] as const);
  return Object.fromEntries(entries);
}
