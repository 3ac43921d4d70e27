import type { SearchResult } from '../../search/index.ts';
import type { CatalogNames } from '../catalog/service.ts';
import type { Database } from '../database/database.ts';
import { listSchoolNames } from './repository.ts';
import type { FacetName, FacetValue, ResourceSearchResult, SearchQuery } from './schema.ts';

/** The counts with the names that people read, the most frequent first. What is chosen is named also when it counts none. */
export async function labelFacets(
  { db, names }: { db: Database; names: CatalogNames },
  query: SearchQuery,
  facets: SearchResult<unknown>['facets'],
): Promise<ResourceSearchResult['facets']> {
  const asked = query.facets.map((facet): [FacetName, Record<string, number>] => [
    facet,
    { ...Object.fromEntries(query[facet].map((value) => [value, 0])), ...facets[facet] },
  ]);
  if (asked.length === 0) return {};
  const schoolCounts = asked.find(([facet]) => facet === 'schoolId')?.[1] ?? {};
  const schools = await listSchoolNames(db, Object.keys(schoolCounts));
  const labelOf = (facet: FacetName, value: string): string | undefined => {
    if (facet === 'kind') return value;
    return facet === 'schoolId' ? schools.get(value) : names.nameOf(facet, value);
  };
  const valuesOf = (facet: FacetName, counts: Record<string, number>): FacetValue[] =>
    Object.entries(counts)
      .map(([value, count]) => ({ value, label: labelOf(facet, value) ?? value, count }))
      .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
  return Object.fromEntries(asked.map(([facet, counts]) => [facet, valuesOf(facet, counts)]));
}
