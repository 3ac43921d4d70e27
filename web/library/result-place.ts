import { nextTick, type Ref, watch } from 'vue';
import type { ResourceHit } from '../api/types.ts';

export interface ResultPlaceOptions {
  items: Readonly<Ref<readonly ResourceHit[]>>;
  currentId: Ref<string | null>;
  list: Readonly<Ref<HTMLElement | undefined>>;
  hasMore(): boolean;
  more(): Promise<void>;
}

interface Place {
  id: string;
  /** How many results had been fetched by then. */
  shown: number;
}

/** The history's entry remembers the result that was opened, so that whoever comes back goes on from there. */
export function useResultPlace({ items, currentId, list, hasMore, more }: ResultPlaceOptions): void {
  const left = (history.state as { result?: Place } | null)?.result;
  const at = (id: string): number => items.value.findIndex((hit) => hit.id === id);

  async function comeBack({ id, shown }: Place): Promise<void> {
    for (let known = -1; at(id) < 0 && hasMore() && known < items.value.length && items.value.length < shown; ) {
      known = items.value.length;
      await more();
    }
    // Whoever has begun something else meanwhile is left alone.
    if (at(id) < 0 || currentId.value !== null || document.activeElement !== document.body) return;
    currentId.value = id;
    await nextTick();
    list.value?.querySelectorAll<HTMLElement>('[data-result]')[at(id)]?.focus();
  }
  if (left)
    watch(
      () => items.value.length > 0,
      (some) => some && void comeBack(left),
      { once: true },
    );

  watch(currentId, (id) => {
    if (id === null) return;
    const result: Place = { id, shown: items.value.length };
    history.replaceState({ ...history.state, result }, '');
  });
}
