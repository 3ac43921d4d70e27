export type { IndexedFields, SearchDocument } from './documents.ts';
export { all, any, type FacetField, type Filter, type FilterField, facetFields, oneOf } from './filters.ts';
export { createMeilisearchIndex, type MeilisearchOptions } from './meilisearch.ts';
export { isBlank, parseQuery, type Query } from './query.ts';
export {
  type DocumentSource,
  highlightEnd,
  highlightStart,
  type RebuiltIndex,
  type Refusal,
  type SearchHit,
  type SearchIndex,
  SearchRefusedError,
  type SearchRequest,
  type SearchResult,
  SearchUnavailableError,
  type SortOrder,
  sortOrders,
  type Vocabulary,
} from './search-index.ts';
export {
  createUnderstander,
  type KnownWord,
  type Understander,
  type Understood,
} from './understanding.ts';
