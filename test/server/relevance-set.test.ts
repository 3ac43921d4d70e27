import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { frozenFiles } from '../bench/relevance/freeze.ts';
import { meanOf, ndcg, reciprocalRank } from '../bench/relevance/metrics.ts';
import { categories } from '../bench/relevance/schema.ts';
import { readSet } from '../bench/relevance/set.ts';
import { folder } from '../bench/relevance/tables.ts';
import { readLessons } from '../bench/relevance/topics.ts';

const { resources, queries } = readSet();

test('the relevance set is as large as it is said to be', () => {
  expect(resources.length).toBeGreaterThanOrEqual(2_000);
  expect(queries.length).toBeGreaterThanOrEqual(150);
  expect(resources.filter(({ pages }) => pages.length > 0).length).toBeGreaterThanOrEqual(100);
  const counted = Map.groupBy(queries, ({ category }) => category);
  for (const category of categories) expect(counted.get(category)?.length, category).toBeGreaterThanOrEqual(10);
});

test('nothing is there twice', () => {
  expect(new Set(resources.map(({ id }) => id)).size).toBe(resources.length);
  expect(new Set(queries.map(({ id }) => id)).size).toBe(queries.length);
  expect(new Set(queries.map(({ text }) => text.toLowerCase())).size).toBe(queries.length);
});

test('every query has something that was looked for, and only judges what there is', () => {
  const ids = new Set(resources.map(({ id }) => id));
  for (const { id, text, judgements } of queries) {
    const unknown = [...judgements.keys()].filter((one) => !ids.has(one));
    expect(unknown, `${id} ${text}`).toEqual([]);
    expect([...judgements.values()], `${id} ${text}`).toContain(3);
    expect(judgements.size, `${id} ${text}`).toBeLessThan(resources.length / 2);
  }
});

test('what a query is about, and what was judged by hand, is the name of something', () => {
  const topics = new Set(resources.flatMap(({ facts }) => Object.keys(facts.topics)));
  const titles = new Set(resources.map(({ title }) => title));
  for (const { text, need } of queries) {
    for (const topic of need.about ?? []) expect([...topics], text).toContain(topic.split('=')[0]);
    for (const title of Object.keys(need.also ?? {})) expect([...titles], text).toContain(title);
  }
});

test('every place is in the textbooks', () => {
  const known = new Set(
    readLessons().flatMap(({ place }) => {
      const names = Object.values(place);
      return names.map((_, index) => names.slice(0, index + 1).join('\n'));
    }),
  );
  for (const { place } of resources) if (place) expect(known).toContain(Object.values(place).join('\n'));
});

test('the frozen files are those that the hand-written ones make', () => {
  for (const [name, text] of Object.entries(frozenFiles())) {
    expect(readFileSync(join(folder, name), 'utf8') === text, `${name}: run make.ts, and say why`).toBe(true);
  }
});

test('the figures are those of the literature', () => {
  const judged = new Map([
    ['a', 3],
    ['b', 2],
    ['c', 1],
  ] as const);
  expect(ndcg(['a', 'b', 'c'], judged)).toBe(1);
  expect(ndcg(['a', 'a', 'a'], judged)).toBeCloseTo(7 / (7 + 3 / Math.log2(3) + 1 / 2), 10);
  expect(ndcg(['x', 'b'], judged)).toBeCloseTo(3 / Math.log2(3) / (7 + 3 / Math.log2(3) + 1 / 2), 10);
  expect(ndcg([], judged)).toBe(0);
  expect(reciprocalRank(['x', 'c', 'b'], judged)).toBeCloseTo(1 / 3, 10);
  expect(reciprocalRank(['c'], judged)).toBe(0);
  expect(meanOf([0, 1])).toEqual({ mean: 0.5, half: expect.closeTo(1.96 * Math.sqrt(0.5 / 2), 10) });
});
