import { type ComputedRef, computed } from 'vue';
import { type LocationQueryRaw, useRoute, useRouter } from 'vue-router';
import { facetNames, noFilters, type SearchFilters, type SearchSort } from '../api/resources.ts';
import type { FacetName } from '../api/types.ts';

export interface SearchState {
  q: string;
  filters: SearchFilters;
  nodeId: string | null;
  sort: SearchSort;
  /** Conditions that are not to be read out of the words. */
  plain: FacetName[];
}

export interface SearchInAddress {
  state: ComputedRef<SearchState>;
  /** How many conditions narrow the search, besides its words. */
  narrowed: ComputedRef<number>;
  change(part: Partial<SearchState>): void;
  toggle(name: FacetName, value: string): void;
  /** Takes every condition off and keeps the words. */
  clear(): void;
}

function listOf(value: unknown): string[] {
  return typeof value === 'string' ? value.split(',').filter(Boolean) : [];
}

/** The search lives in the address, so that it can be kept, sent and gone back to. */
export function useSearchInAddress(): SearchInAddress {
  const route = useRoute();
  const router = useRouter();

  const state = computed((): SearchState => {
    const { q, node, sort, plain } = route.query;
    const filters = noFilters();
    for (const name of facetNames) filters[name] = listOf(route.query[name]);
    return {
      q: typeof q === 'string' ? q : '',
      filters,
      nodeId: typeof node === 'string' && node ? node : null,
      sort: sort === 'newest' || sort === 'popular' ? sort : 'relevance',
      plain: facetNames.filter((name) => listOf(plain).includes(name)),
    };
  });

  /** Where a navigation under way leads to. A change meanwhile builds on that, or it would undo the one before. */
  let coming: SearchState | null = null;
  const latest = (): SearchState => coming ?? state.value;

  function change(part: Partial<SearchState>): void {
    const next = { ...latest(), ...part };
    coming = next;
    const query: LocationQueryRaw = {};
    if (next.q) query.q = next.q;
    for (const name of facetNames) if (next.filters[name].length > 0) query[name] = next.filters[name].join(',');
    if (next.nodeId) query.node = next.nodeId;
    if (next.sort !== 'relevance') query.sort = next.sort;
    // Said of these words; with new ones nothing has been said yet.
    if (next.q && next.plain.length > 0) query.plain = next.plain.join(',');
    // Words replace the entry of the history, conditions add one: going back takes off the latest condition.
    const narrows = part.filters !== undefined || part.nodeId !== undefined;
    void router[narrows ? 'push' : 'replace']({ query }).finally(() => {
      if (coming === next) coming = null;
    });
  }

  return {
    state,
    narrowed: computed(
      () => facetNames.reduce((sum, name) => sum + state.value.filters[name].length, 0) + (state.value.nodeId ? 1 : 0),
    ),
    change,
    toggle(name, value) {
      const { filters } = latest();
      const chosen = filters[name];
      const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
      change({ filters: { ...filters, [name]: next } });
    },
    clear: () => change({ filters: noFilters(), nodeId: null }),
  };
}
