import { type Ref, ref, shallowRef } from 'vue';
import { isAborted } from '../api/problem.ts';

export interface Action<A extends unknown[], R> {
  run(...args: A): Promise<R | undefined>;
  running: Ref<boolean>;
  error: Ref<unknown>;
}

/** One press of a button: refuses a second press while the first runs, and keeps the refusal for the page to show. */
export function useAction<A extends unknown[], R>(work: (...args: A) => Promise<R>): Action<A, R> {
  const running = ref(false);
  const error = shallowRef<unknown>(null);
  async function run(...args: A): Promise<R | undefined> {
    if (running.value) return undefined;
    running.value = true;
    error.value = null;
    try {
      return await work(...args);
    } catch (cause) {
      if (!isAborted(cause)) error.value = cause;
      return undefined;
    } finally {
      running.value = false;
    }
  }
  return { run, running, error };
}
