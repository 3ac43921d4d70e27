import { type ComputedRef, computed } from 'vue';
import { readInk } from '../api/resources.ts';
import { createInkReplay } from '../ink/ink-at.ts';
import { useLoad } from '../state/load.ts';

/** What was drawn in a recorded lesson; null for one without ink, and until it is there: the slides are worth seeing without. */
export function useInkReplay(resourceId: () => string | null): ComputedRef<ReturnType<typeof createInkReplay> | null> {
  const { data } = useLoad(async (signal) => {
    const id = resourceId();
    return id === null ? null : await readInk(id, signal);
  }, resourceId);
  return computed(() => (data.value ? createInkReplay(data.value) : null));
}
