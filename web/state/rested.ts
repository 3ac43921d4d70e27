import { onScopeDispose, type Ref, ref, watch } from 'vue';

const restMs = 300;

/** What is typed, once the hands rest: a question for each letter would be dropped by the next one. */
export function useRested(typed: Ref<string>): Readonly<Ref<string>> {
  const rested = ref(typed.value);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(typed, (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      rested.value = text;
    }, restMs);
  });
  onScopeDispose(() => clearTimeout(timer));
  return rested;
}
