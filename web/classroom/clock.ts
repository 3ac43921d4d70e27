import { onScopeDispose, type Ref, ref } from 'vue';

/** Milliseconds since 1970, read anew every second. */
export function useNow(everyMs = 1000): Ref<number> {
  const now = ref(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, everyMs);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
