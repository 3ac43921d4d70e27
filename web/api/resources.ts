import { answer, client } from './client.ts';
import type { FacetName, Licence, ResourceKind, Visibility } from './types.ts';

export type SearchSort = 'relevance' | 'newest' | 'popular';
export const facetNames = [
  'kind',
  'stage',
  'subject',
  'edition',
  'grade',
  'volume',
  'schoolId',
] as const satisfies readonly FacetName[];
export type SearchFilters = Record<FacetName, string[]>;

export interface Search {
  q: string;
  filters: SearchFilters;
  /** A place in the catalog; what lies there or below. */
  nodeId: string | null;
  sort: SearchSort;
  /** Conditions that are not to be read out of the words. */
  plain: readonly FacetName[];
  limit: number;
  offset: number;
}

export const resultsAtATime = 20;

export const noFilters = (): SearchFilters => ({
  kind: [],
  stage: [],
  subject: [],
  edition: [],
  grade: [],
  volume: [],
  schoolId: [],
});

/** A search as the API reads it. */
export function searchQuery(search: Search): Record<string, string> {
  const query: Record<string, string> = {
    q: search.q,
    sort: search.sort,
    limit: String(search.limit),
    offset: String(search.offset),
    facets: 'kind,subject,edition,grade,volume',
  };
  for (const name of facetNames) if (search.filters[name].length > 0) query[name] = search.filters[name].join(',');
  if (search.nodeId) query.nodeId = search.nodeId;
  if (search.plain.length > 0) query.plain = search.plain.join(',');
  return query;
}

export const searchResources = (search: Search, signal: AbortSignal) =>
  answer(client.resources.$get({ query: searchQuery(search) }, { init: { signal } }));

export const suggestLessons = (q: string, signal: AbortSignal) =>
  answer(client.search.suggestions.$get({ query: { q: q.slice(0, 60) } }, { init: { signal } }));

export interface ResourceInput {
  title: string;
  kind: ResourceKind;
  description: string;
  nodeId: string | null;
  licence: Licence;
  visibility: Visibility;
  fileIds: string[];
}

export const readResource = (id: string, signal?: AbortSignal) =>
  answer(client.resources[':id'].$get({ param: { id } }, { init: { signal } }));
export const readInk = (id: string, signal?: AbortSignal) =>
  answer(client.resources[':id'].ink.$get({ param: { id } }, { init: { signal } }));
export const createResource = (input: ResourceInput & { publish: boolean }) =>
  answer(client.resources.$post({ json: input }));
export const updateResource = (id: string, input: ResourceInput & { revision: number }) =>
  answer(client.resources[':id'].$patch({ param: { id }, json: input }));
export const publishResource = (id: string) => answer(client.resources[':id'].publication.$post({ param: { id } }));
export const withdrawResource = (id: string) => answer(client.resources[':id'].publication.$delete({ param: { id } }));
export const deleteResource = (id: string) => answer(client.resources[':id'].$delete({ param: { id } }));
export const listMyResources = (status: 'draft' | 'published', cursor: string | null, signal?: AbortSignal) =>
  answer(client.me.resources.$get({ query: { status, ...(cursor ? { cursor } : {}) } }, { init: { signal } }));
