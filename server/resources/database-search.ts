import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Query, SearchResult } from '../../search/index.ts';
import type { CatalogLevel } from '../catalog/schema.ts';
import type { Database } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import type { Actor } from '../http/route.ts';
import { containing, mark, pieceOf } from './marking.ts';
import { publishedAndVisible } from './policy.ts';
import { resourceRows } from './repository.ts';
import type { FacetName, ResourceSummary, SearchQuery } from './schema.ts';
import { type PlacesOf, summariesOf } from './summary.ts';

type Builder = ExpressionBuilder<Tables, 'resource'>;
const placeFilters = ['stage', 'subject', 'edition', 'grade', 'volume'] as const satisfies readonly CatalogLevel[];
const MOST_FACET_VALUES = 200;

/** Those above the resource's place, and the place itself. */
function line(eb: Builder) {
  return eb
    .selectFrom('catalog_node as place')
    .innerJoin('catalog_node as above', (join) => join.on((on) => on('above.id', '=', on.fn.any('place.lineage'))))
    .whereRef('place.id', '=', 'resource.catalog_node_id');
}

function holdsTerm(eb: Builder, term: string): Expression<SqlBool> {
  const pattern = containing(term);
  return eb.or([
    eb('resource.title', 'ilike', pattern),
    eb('resource.description', 'ilike', pattern),
    eb.exists(line(eb).select('above.id').where('above.name', 'ilike', pattern)),
    eb.exists(
      eb
        .selectFrom('school')
        .select('school.id')
        .whereRef('school.id', '=', 'resource.school_id')
        .where('school.name', 'ilike', pattern),
    ),
  ]);
}

function termsOf({ words, phrases }: Query): string[] {
  return [...words.split(/\s+/), ...phrases].filter((term) => term !== '');
}

/** The same filters as the index has. */
function matching(actor: Actor, query: SearchQuery, typed: Query) {
  const isVisible = publishedAndVisible(actor);
  return (eb: Builder): Expression<SqlBool> => {
    const conditions = [
      isVisible(eb),
      ...termsOf(typed).map((term) => holdsTerm(eb, term)),
      ...typed.excluded.map((term) => eb.not(holdsTerm(eb, term))),
    ];
    if (query.kind.length > 0) conditions.push(eb('resource.kind', 'in', query.kind));
    if (query.schoolId.length > 0) conditions.push(eb('resource.school_id', 'in', query.schoolId));
    if (query.nodeId.length > 0) {
      conditions.push(eb.exists(line(eb).select('above.id').where('above.id', 'in', query.nodeId)));
    }
    for (const level of placeFilters) {
      if (query[level].length === 0) continue;
      const there = line(eb)
        .select('above.id')
        .where('above.level', '=', level)
        .where('above.slug', 'in', query[level]);
      conditions.push(eb.exists(there));
    }
    return eb.and(conditions);
  };
}

function facetValue(eb: Builder, facet: FacetName) {
  if (facet === 'kind') return eb.ref('resource.kind');
  if (facet === 'schoolId') return eb.cast<string>('resource.school_id', 'text');
  return line(eb).select('above.slug').where('above.level', '=', facet).limit(1).$asScalar();
}

async function countFacet(db: Database, where: ReturnType<typeof matching>, facet: FacetName) {
  const rows = await db
    .selectFrom('resource')
    .where(where)
    .select((eb) => [facetValue(eb, facet).as('value'), eb.cast<number>(eb.fn.countAll(), 'integer').as('count')])
    .groupBy(sql`1`)
    .orderBy(sql`2`, 'desc')
    .limit(MOST_FACET_VALUES)
    .execute();
  return Object.fromEntries(rows.flatMap(({ value, count }) => (value === null ? [] : [[value, count]])));
}

/**
 * Stands in while the search index is away: whole terms only, no pinyin, no typos, nothing inside documents.
 * @param typed what remains of the words of `query`.
 */
export async function searchDatabase(
  { db, placesOf }: { db: Database; placesOf: PlacesOf },
  actor: Actor,
  query: SearchQuery,
  typed: Query,
): Promise<SearchResult<ResourceSummary>> {
  const where = matching(actor, query, typed);
  const terms = termsOf(typed);
  const [rows, counted, facets] = await Promise.all([
    resourceRows(db)
      .where(where)
      .$if(query.sort === 'popular', (sorted) => sorted.orderBy('resource.downloads', 'desc'))
      .$if(query.sort === 'relevance' && terms.length > 0, (sorted) =>
        sorted
          .orderBy((eb) => eb.and(terms.map((term) => eb('resource.title', 'ilike', containing(term)))), 'desc')
          .orderBy('resource.downloads', 'desc'),
      )
      .orderBy('resource.published_at', 'desc')
      .orderBy('resource.id', 'desc')
      .limit(query.limit)
      .offset(query.offset)
      .execute(),
    db
      .selectFrom('resource')
      .where(where)
      .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('total'))
      .executeTakeFirstOrThrow(),
    Promise.all(query.facets.map(async (facet) => [facet, await countFacet(db, where, facet)] as const)),
  ]);
  const summaries = await summariesOf(rows, placesOf);
  const descriptions = new Map(rows.map((row) => [row.id, row.description]));
  return {
    hits: summaries.map((shown) => ({
      id: shown.id,
      shown,
      highlight: {
        title: mark(shown.title, terms),
        description: mark(pieceOf(descriptions.get(shown.id) ?? '', terms), terms),
      },
    })),
    total: counted.total,
    facets: Object.fromEntries(facets),
  };
}
