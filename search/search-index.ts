import type { SearchDocument } from './documents.ts';
import type { FacetField, Filter } from './filters.ts';
import type { Query } from './query.ts';

export const sortOrders = ['relevance', 'newest', 'popular'] as const;
export type SortOrder = (typeof sortOrders)[number];

export interface SearchRequest {
  /** What was typed; blank finds everything. */
  query: Query;
  /** Whether a hit has to hold all words, or some of them, the rarer ones first. Phrases it always has to hold. */
  match: 'all' | 'some';
  /** Whether by the words themselves or by how they sound, whichever way they are written. */
  by: 'words' | 'sounds';
  filter: Filter;
  sort: SortOrder;
  limit: number;
  offset: number;
  /** Fields whose values are to be counted. */
  facets: readonly FacetField[];
}

export interface SearchHit<Shown> {
  id: string;
  shown: Shown;
  /** Matched words stand between `highlightStart` and `highlightEnd`. */
  highlight: { title: string; description: string };
}

export interface SearchResult<Shown> {
  hits: SearchHit<Shown>[];
  /** How many there are without limit and offset; an estimate for very many. */
  total: number;
  /** Field → value → count. */
  facets: Partial<Record<FacetField, Record<string, number>>>;
}

/** What the index knows about words, as the catalog and the administrators have it. */
export interface Vocabulary {
  /** Each group: words that stand for one another. */
  synonyms: readonly (readonly string[])[];
  /** Words that are not to be taken apart. */
  dictionary: readonly string[];
}

/** A document that the index takes neither now nor later, unless the document changes or the index does. */
export interface Refusal {
  id: string;
  /** As the index says it, for operators. */
  reason: string;
}

/** Where the index gets its documents from. */
export interface DocumentSource<Shown> {
  /** As it is now. */
  vocabulary(): Promise<Vocabulary>;
  /** As they are now; what is missing in the answer does not belong into the index (any more). */
  load(ids: readonly string[]): Promise<SearchDocument<Shown>[]>;
  /** All of them, in batches. */
  readAll(signal?: AbortSignal): AsyncIterable<SearchDocument<Shown>[]>;
}

/** Enclose a matched word. Control characters: no text holds them, and no reader takes them for markup. */
export const highlightStart = '\u0001';
export const highlightEnd = '\u0002';

export interface RebuiltIndex {
  /** How many documents it holds. */
  count: number;
  refused: Refusal[];
}

/**
 * A copy of the library that can be searched. It can be lost and rebuilt at any time.
 * Every method throws SearchUnavailableError while the index cannot be reached or has not been built,
 * and SearchRefusedError when it refuses what it was given.
 */
export interface SearchIndex<Shown> {
  /** Brings the settings up to date. `missing`: there is no index yet (of this version), so rebuild it. */
  prepare(vocabulary: Vocabulary, signal?: AbortSignal): Promise<'ready' | 'missing'>;
  /** Resolves when the documents are found by search, all but those it returns: these it refuses, and no longer holds. */
  upsert(documents: readonly SearchDocument<Shown>[], signal?: AbortSignal): Promise<Refusal[]>;
  /** Resolves when the documents are no longer found. */
  remove(ids: readonly string[], signal?: AbortSignal): Promise<void>;
  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult<Shown>>;
  /** Several at once; the answers are in their order. */
  searchAll(requests: readonly SearchRequest[], signal?: AbortSignal): Promise<SearchResult<Shown>[]>;
  /** One document of each lesson whose name, or its sound, begins as typed. */
  suggest(typed: string, filter: Filter, limit: number, signal?: AbortSignal): Promise<Shown[]>;
  /**
   * Builds the index anew beside the present one, which goes on answering, and swaps them.
   * Only one rebuild may run at a time. What is refused is left out.
   */
  rebuild(source: DocumentSource<Shown>, signal?: AbortSignal): Promise<RebuiltIndex>;
  ping(signal?: AbortSignal): Promise<void>;
}

export class SearchUnavailableError extends Error {
  override readonly name = 'SearchUnavailableError';
}

export class SearchRefusedError extends Error {
  override readonly name = 'SearchRefusedError';
}
