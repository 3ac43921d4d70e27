import { type ComputedRef, computed, type Ref, ref, shallowRef, watch } from 'vue';
import { resultsAtATime, searchResources } from '../api/resources.ts';
import { timeLimit } from '../api/time-limit.ts';
import type { ResourceHit, SearchAnswer } from '../api/types.ts';
import { useAction } from '../state/action.ts';
import { type Load, useLoad } from '../state/load.ts';
import type { SearchState } from './search-state.ts';

/** The search answers no further than this. */
const reach = 950;

export interface Results {
  first: Load<SearchAnswer>;
  items: ComputedRef<ResourceHit[]>;
  hasMore: ComputedRef<boolean>;
  more(): Promise<void>;
  loadingMore: Ref<boolean>;
  moreError: Ref<unknown>;
  /** Names of the filters' values, learnt from the facets of every answer so far. */
  labels: Ref<Record<string, string>>;
}

export function useResults(state: ComputedRef<SearchState>): Results {
  const later = shallowRef<ResourceHit[]>([]);
  const labels = ref<Record<string, string>>({});
  const key = computed(() => JSON.stringify(state.value));

  const first = useLoad<SearchAnswer>(
    (signal) => searchResources({ ...state.value, limit: resultsAtATime, offset: 0 }, signal),
    key,
  );
  watch(first.data, (answer) => {
    later.value = [];
    for (const [name, values] of Object.entries(answer?.facets ?? {})) {
      for (const { value, label } of values ?? []) labels.value[`${name}:${value}`] = label;
    }
  });

  const items = computed(() => [...(first.data.value?.items ?? []), ...later.value]);
  const next = useAction(async () => {
    const asked = key.value;
    const found = await searchResources(
      { ...state.value, limit: resultsAtATime, offset: items.value.length },
      timeLimit(20_000),
    );
    if (asked === key.value) later.value = [...later.value, ...found.items];
  });

  return {
    first,
    items,
    hasMore: computed(() => items.value.length < Math.min(first.data.value?.total ?? 0, reach)),
    more: async () => {
      await next.run();
    },
    loadingMore: next.running,
    moreError: next.error,
    labels,
  };
}
