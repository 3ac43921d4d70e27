import { onScopeDispose, type Ref, ref, shallowRef, type WatchSource, watch } from 'vue';
import { isAborted } from '../api/problem.ts';

export interface Load<T> {
  data: Ref<T | undefined>;
  error: Ref<unknown>;
  pending: Ref<boolean>;
  /** True once loading has taken 200 ms: before that a skeleton would only flash. */
  slow: Ref<boolean>;
  reload(): Promise<void>;
}

export const slowAfterMs = 200;

/**
 * Loads now and whenever `source` changes. The newest call wins: an older one is aborted. Data stays while newer data
 * is on its way, so that results replace results without a flash.
 */
export function useLoad<T>(loader: (signal: AbortSignal) => Promise<T>, source?: WatchSource<unknown>): Load<T> {
  const data = shallowRef<T>();
  const error = shallowRef<unknown>(null);
  const pending = ref(false);
  const slow = ref(false);
  let current: AbortController | null = null;

  async function reload(): Promise<void> {
    current?.abort();
    const controller = new AbortController();
    current = controller;
    pending.value = true;
    const timer = setTimeout(() => {
      slow.value = true;
    }, slowAfterMs);
    try {
      const loaded = await loader(controller.signal);
      if (current !== controller) return;
      data.value = loaded;
      error.value = null;
    } catch (cause) {
      if (current === controller && !isAborted(cause)) error.value = cause;
    } finally {
      clearTimeout(timer);
      if (current === controller) {
        pending.value = false;
        slow.value = false;
      }
    }
  }

  if (source) watch(source, () => void reload(), { immediate: true });
  else void reload();
  onScopeDispose(() => current?.abort());
  return { data, error, pending, slow, reload };
}
