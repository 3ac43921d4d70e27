export type { IndexedFields, SearchDocument } from './documents.ts';
export { all, any, type FacetField, type Filter, type FilterField, facetFields, oneOf } from './filters.ts';
export { createMeilisearchIndex, type MeilisearchOptions } from './meilisearch.ts';
export {
  highlightEnd,
  highlightStart,
  type SearchHit,
  type SearchIndex,
  SearchRefusedError,
  type SearchRequest,
  type SearchResult,
  SearchUnavailableError,
  type SortOrder,
  sortOrders,
} from './search-index.ts';
