import { type ComputedRef, computed, type Ref, ref, watch } from 'vue';
import { useNow } from './clock.ts';

const heardFrom = 0.25;
const lastsMs = 10_000;

/** Whether anything was heard in the last 10 s, given a level from `useSoundLevel`. */
export function useHeard(level: Readonly<Ref<number>>): ComputedRef<boolean> {
  const now = useNow();
  const at = ref(Date.now());
  watch(level, (value) => {
    if (value >= heardFrom) at.value = Date.now();
  });
  return computed(() => now.value - at.value < lastsMs);
}
