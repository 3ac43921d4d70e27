import { isBlank, type SearchRequest } from '../../search/index.ts';
import type { ReadCondition, Reading } from './reading.ts';
import { type FacetName, facetNames, type SearchQuery, type Widening } from './schema.ts';

/** One way to put a question to the index. */
export interface Attempt {
  request: Pick<SearchRequest, 'query' | 'match' | 'by'>;
  /** Those read out of the words that hold. */
  conditions: readonly ReadCondition[];
}

/** In the order in which a teacher gives them up: another edition's lesson plan is better than none. */
const setAside: readonly FacetName[] = ['edition', 'volume', 'kind', 'stage', 'grade', 'subject'];

export function firstAttempt({ query, conditions }: Reading): Attempt {
  return { request: { query, match: 'all', by: 'words' }, conditions };
}

/**
 * Further ways, the nearest first, for when the first found nothing.
 * @param lessons those that the words name: of 光合作用在什么条件下进行 the lesson counts, and not how it is asked for
 */
export function furtherAttempts({ query, typed, conditions }: Reading, lessons: readonly string[]): Attempt[] {
  const attempts: Attempt[] = [];
  const hasWords = query.words !== '';
  if (hasWords) attempts.push({ request: { query, match: 'all', by: 'sounds' }, conditions });
  for (const facet of conditions.length > 1 || !isBlank(query) ? setAside : []) {
    const others = conditions.filter((condition) => condition.facet !== facet);
    if (others.length === conditions.length) continue;
    attempts.push({ request: { query, match: 'all', by: 'words' }, conditions: others });
  }
  const named = { ...query, words: lessons.join(' ') };
  const hasMore = lessons.length > 0 && named.words !== query.words;
  if (hasMore) attempts.push({ request: { query: named, match: 'some', by: 'words' }, conditions });
  if (hasWords) attempts.push({ request: { query, match: 'some', by: 'words' }, conditions });
  if (conditions.length > 0) {
    if (hasMore) attempts.push({ request: { query: named, match: 'some', by: 'words' }, conditions: [] });
    attempts.push({ request: { query: typed, match: 'all', by: 'words' }, conditions: [] });
    // What was read out of the words is no topic: of 静夜思教案 without 静夜思 nothing is left but any 教案.
    attempts.push({ request: { query: hasWords ? query : typed, match: 'some', by: 'words' }, conditions: [] });
  }
  return attempts;
}

/** The question without one of the conditions that were chosen, and without all of them. */
export function widenings(query: SearchQuery): { without: Widening['without']; query: SearchQuery }[] {
  const chosen = [
    ...facetNames.filter((name) => query[name].length > 0),
    ...(query.nodeId.length > 0 ? ['nodeId' as const] : []),
  ];
  const without = (names: readonly (FacetName | 'nodeId')[]): SearchQuery => ({
    ...query,
    ...Object.fromEntries(names.map((name) => [name, []])),
  });
  const each = chosen.map((name) => ({ without: name, query: without([name]) }));
  return chosen.length > 1 ? [...each, { without: 'all', query: without(chosen) }] : each;
}
