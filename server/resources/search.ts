import type { Pool } from 'pg';
import type { Logger } from 'pino';
import {
  all,
  type Filter,
  oneOf,
  type SearchIndex,
  SearchRefusedError,
  type SearchRequest,
  type SearchResult,
  SearchUnavailableError,
} from '../../search/index.ts';
import type { CatalogLevel } from '../catalog/schema.ts';
import type { Database } from '../database/database.ts';
import type { Actor } from '../http/route.ts';
import { searchDatabase } from './database-search.ts';
import { visibleInIndex } from './policy.ts';
import { listSchoolNames } from './repository.ts';
import type { FacetName, FacetValue, ResourceSearchResult, ResourceSummary, SearchQuery } from './schema.ts';
import type { PlacesOf } from './summary.ts';
import { createVisibleCounts } from './visible-counts.ts';

export interface ResourceSearchOptions {
  db: Database;
  /** Of the same database. */
  pool: Pool;
  index: SearchIndex<ResourceSummary>;
  /** Names of the catalog's slugs, for facets. */
  slugNames: () => Promise<(level: CatalogLevel, slug: string) => string | undefined>;
  placesOf: PlacesOf;
  log: Logger;
  /** The database answers when the index has not for so long, in milliseconds. */
  patienceMs?: number;
}

export type ResourceSearch = (actor: Actor, query: SearchQuery) => Promise<ResourceSearchResult>;

const equalities = ['kind', 'stage', 'subject', 'edition', 'grade', 'volume', 'schoolId'] as const;

function filterOf(actor: Actor, query: SearchQuery): Filter {
  const asked = equalities.filter((name) => query[name].length > 0).map((name) => oneOf(name, query[name]));
  if (query.nodeId.length > 0) asked.push(oneOf('nodeIds', query.nodeId));
  return all(visibleInIndex(actor), ...asked);
}

/**
 * One question to the index and one to the database. The index finds; the database has the last word on who sees it,
 * so that an index that lags behind shows nobody what is no longer theirs to see.
 */
export function createResourceSearch(options: ResourceSearchOptions): ResourceSearch {
  const { db, pool, index, slugNames, placesOf, log, patienceMs = 2000 } = options;
  const visibleCounts = createVisibleCounts({ db, pool });

  async function searchIndex(actor: Actor, query: SearchQuery): Promise<SearchResult<ResourceSummary>> {
    const request: SearchRequest = {
      query: query.q,
      filter: filterOf(actor, query),
      sort: query.sort,
      limit: query.limit,
      offset: query.offset,
      facets: query.facets,
    };
    const found = await index.search(request, AbortSignal.timeout(patienceMs));
    if (found.hits.length === 0) return found;
    const counts = await visibleCounts(
      actor,
      found.hits.map((hit) => hit.id),
    );
    const hits = found.hits.flatMap((hit) => {
      const count = counts.get(hit.id);
      return count ? [{ ...hit, shown: { ...hit.shown, ...count } }] : [];
    });
    return { ...found, hits, total: found.total - (found.hits.length - hits.length) };
  }

  async function labelled(facets: SearchResult<ResourceSummary>['facets']): Promise<ResourceSearchResult['facets']> {
    const asked = Object.entries(facets) as [FacetName, Record<string, number>][];
    if (asked.length === 0) return {};
    const [nameOf, schools] = await Promise.all([slugNames(), listSchoolNames(db, Object.keys(facets.schoolId ?? {}))]);
    const labelOf = (facet: FacetName, value: string): string | undefined => {
      if (facet === 'kind') return value;
      return facet === 'schoolId' ? schools.get(value) : nameOf(facet, value);
    };
    const valuesOf = (facet: FacetName, counts: Record<string, number>): FacetValue[] =>
      Object.entries(counts)
        .map(([value, count]) => ({ value, label: labelOf(facet, value) ?? value, count }))
        .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
    return Object.fromEntries(asked.map(([facet, counts]) => [facet, valuesOf(facet, counts)]));
  }

  return async (actor, query) => {
    const started = performance.now();
    let degraded = false;
    const found = await searchIndex(actor, query).catch((error: unknown) => {
      if (error instanceof SearchUnavailableError) log.warn({ err: error }, 'search is answered by the database');
      else if (error instanceof SearchRefusedError) log.error({ err: error }, 'the search index refused a question');
      else throw error;
      degraded = true;
      return searchDatabase({ db, placesOf }, actor, query);
    });
    const facets = await labelled(found.facets);
    return {
      items: found.hits.map(({ shown, highlight }) => ({ ...shown, highlight })),
      total: found.total,
      facets,
      tookMs: Math.round((performance.now() - started) * 10) / 10,
      degraded,
    };
  };
}
