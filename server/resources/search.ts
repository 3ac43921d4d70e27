import type { Pool } from 'pg';
import type { Logger } from 'pino';
import {
  all,
  type Filter,
  highlightStart,
  isBlank,
  oneOf,
  type SearchHit,
  type SearchIndex,
  SearchRefusedError,
  type SearchRequest,
  type SearchResult,
  SearchUnavailableError,
} from '../../search/index.ts';
import type { CatalogNames, CatalogService } from '../catalog/service.ts';
import type { Database } from '../database/database.ts';
import type { Actor } from '../http/route.ts';
import { type Attempt, firstAttempt, furtherAttempts, widenings } from './attempts.ts';
import { searchDatabase } from './database-search.ts';
import { labelFacets } from './facet-labels.ts';
import { findOnPages, termsOnPages } from './page-hits.ts';
import { visibleInIndex } from './policy.ts';
import { createReader, type ReadCondition, type Reading } from './reading.ts';
import {
  facetNames,
  type ResourceHit,
  type ResourceSearchResult,
  type ResourceSummary,
  type SearchQuery,
  type SuggestionQuery,
  type Suggestions,
  type UnderstoodCondition,
  type Widening,
} from './schema.ts';
import { createVisibleCounts } from './visible-counts.ts';

export interface ResourceSearchOptions {
  db: Database;
  /** Of the same database. */
  pool: Pool;
  index: SearchIndex<ResourceSummary>;
  catalog: Pick<CatalogService, 'names' | 'placesOf' | 'lessonsIn'>;
  log: Logger;
  /** The database answers when the index has not for so long, in milliseconds. */
  patienceMs?: number;
}

export interface ResourceSearch {
  search(actor: Actor, query: SearchQuery): Promise<ResourceSearchResult>;
  /** Empty while the index is away. */
  suggest(actor: Actor, query: SuggestionQuery): Promise<Suggestions>;
}

interface Found {
  result: SearchResult<ResourceSummary>;
  attempt: Attempt;
  widenings: Widening[];
  degraded: boolean;
}

function filterOf(actor: Actor, query: SearchQuery, conditions: readonly ReadCondition[]): Filter {
  const chosen = facetNames.filter((name) => query[name].length > 0).map((name) => oneOf(name, query[name]));
  if (query.nodeId.length > 0) chosen.push(oneOf('nodeIds', query.nodeId));
  return all(visibleInIndex(actor), ...chosen, ...conditions.map(({ facet, values }) => oneOf(facet, values)));
}

const idsOf = (hits: readonly { id: string }[]) => hits.map(({ id }) => id);

const isMarked = ({ highlight }: SearchHit<ResourceSummary>) =>
  highlight.title.includes(highlightStart) || highlight.description.includes(highlightStart);

/**
 * One question to the index and one to the database. The index finds; the database has the last word on who sees it,
 * so that an index that lags behind shows nobody what is no longer theirs to see.
 */
export function createResourceSearch(options: ResourceSearchOptions): ResourceSearch {
  const { db, pool, index, catalog, log, patienceMs = 2000 } = options;
  const { placesOf } = catalog;
  const visibleCounts = createVisibleCounts({ db, pool });
  const read = createReader();

  function requestOf(actor: Actor, query: SearchQuery, { request, conditions }: Attempt): SearchRequest {
    const { sort, limit, offset, facets } = query;
    return { ...request, filter: filterOf(actor, query, conditions), sort, limit, offset, facets };
  }

  /** What else might have been meant, and what would be there without the conditions: all in one question. */
  async function searchFurther(actor: Actor, query: SearchQuery, reading: Reading): Promise<Partial<Found>> {
    const attempts = furtherAttempts(reading, await catalog.lessonsIn(reading.query.words));
    const wider = widenings(query);
    if (attempts.length + wider.length === 0) return {};
    const answers = await index.searchAll(
      [
        ...attempts.map((attempt) => requestOf(actor, query, attempt)),
        ...wider.map((one) => ({
          ...requestOf(actor, { ...one.query, offset: 0, limit: 1, facets: [] }, firstAttempt(reading)),
        })),
      ],
      AbortSignal.timeout(patienceMs),
    );
    const first = answers.slice(0, attempts.length).findIndex(({ total }) => total > 0);
    const [result, attempt] = [answers[first], attempts[first]];
    if (result && attempt) return { result, attempt };
    return {
      widenings: wider
        .map(({ without }, place) => ({ without, total: answers[attempts.length + place]?.total ?? 0 }))
        .filter(({ total }) => total > 0),
    };
  }

  async function searchIndex(actor: Actor, query: SearchQuery, reading: Reading): Promise<Found> {
    const attempt = firstAttempt(reading);
    const result = await index.search(requestOf(actor, query, attempt), AbortSignal.timeout(patienceMs));
    const found = { result, attempt, widenings: [], degraded: false };
    return result.total > 0 ? found : { ...found, ...(await searchFurther(actor, query, reading)) };
  }

  async function searchAnywhere(actor: Actor, query: SearchQuery, reading: Reading): Promise<Found> {
    try {
      return await searchIndex(actor, query, reading);
    } catch (error) {
      if (error instanceof SearchUnavailableError) log.warn({ err: error }, 'search is answered by the database');
      else if (error instanceof SearchRefusedError) log.error({ err: error }, 'the search index refused a question');
      else throw error;
      const attempt = firstAttempt(reading);
      const read = Object.fromEntries(reading.conditions.map(({ facet, values }) => [facet, values]));
      const result = await searchDatabase({ db, placesOf }, actor, { ...query, ...read }, reading.query);
      return { result, attempt, widenings: [], degraded: true };
    }
  }

  /** The newest counts of those that the actor may see this moment; null where the database itself has found them, or nothing is. */
  async function countsOf(actor: Actor, { result, degraded }: Found) {
    return degraded || result.hits.length === 0 ? null : await visibleCounts(actor, idsOf(result.hits));
  }

  /** The page is looked for where neither title nor description shows why it was found. */
  async function pagesOf({ result, attempt: { request } }: Found) {
    const { words, phrases } = request.query;
    const unmarked =
      isBlank(request.query) || request.by === 'sounds' ? [] : result.hits.filter((hit) => !isMarked(hit));
    return await findOnPages(db, idsOf(unmarked), termsOnPages([...phrases, ...words.split(/\s+/u).filter(Boolean)]));
  }

  function understoodOf({ conditions }: Reading, { attempt }: Found, { nameOf }: CatalogNames): UnderstoodCondition[] {
    return conditions.map(({ facet, words, values }) => {
      const [value = '', ...others] = values;
      const name = facet === 'kind' ? value : facet === 'schoolId' ? undefined : nameOf(facet, value);
      const word = words.join(' ');
      return {
        word,
        facet,
        values,
        label: others.length === 0 ? (name ?? word) : word,
        applied: attempt.conditions.some((condition) => condition.facet === facet),
      };
    });
  }

  return {
    async search(actor, query) {
      const started = performance.now();
      const names = await catalog.names();
      const reading = read(query, names);
      const found = await searchAnywhere(actor, query, reading);
      // At once: of a hit that the actor may not see, the page is thrown away with it.
      const [counts, pages, facets] = await Promise.all([
        countsOf(actor, found),
        pagesOf(found),
        labelFacets({ db, names }, query, found.result.facets),
      ]);
      const items = found.result.hits.flatMap(({ id, shown, highlight }): ResourceHit[] => {
        const count = counts ? counts.get(id) : {};
        return count ? [{ ...shown, ...count, highlight, inside: pages.get(id) ?? null }] : [];
      });
      const { match, by } = found.attempt.request;
      return {
        items,
        total: found.result.total - (found.result.hits.length - items.length),
        understood: understoodOf(reading, found, names),
        matched: by === 'sounds' ? 'sounds' : match === 'some' ? 'some' : 'words',
        widenings: found.widenings,
        facets,
        tookMs: Math.round((performance.now() - started) * 10) / 10,
        degraded: found.degraded,
      };
    },

    async suggest(actor, { q, limit }) {
      try {
        const found = await index.suggest(q, visibleInIndex(actor), limit, AbortSignal.timeout(patienceMs));
        return { items: found.flatMap(({ place }) => (place === null ? [] : [place])) };
      } catch (error) {
        if (!(error instanceof SearchUnavailableError)) throw error;
        log.debug({ err: error }, 'no suggestions while the search index is away');
        return { items: [] };
      }
    },
  };
}
