import { type ComputedRef, computed, type Ref } from 'vue';
import { ApiError } from '../api/problem.ts';

/** What the server found wrong in a form, by field. */
export interface FieldFaults<F extends string> {
  of(field: F): string | undefined;
  /** For the note below the form: it sends to the marked fields only when all that is wrong is marked. */
  note: ComputedRef<unknown>;
}

/** `words` says for each field what is expected there: the server's own messages are English and for developers. */
export function useFieldFaults<F extends string>(error: Ref<unknown>, words: () => Record<F, string>): FieldFaults<F> {
  const refusal = computed(() =>
    error.value instanceof ApiError && error.value.code === 'invalid_input' ? error.value : null,
  );
  // One of several rooms is told as `roomIds.0`.
  const wrong = computed(
    () => new Set(refusal.value?.problem?.errors?.map(({ path }) => path.split('.')[0] ?? '') ?? []),
  );
  const note = computed(() => {
    if (!refusal.value) return error.value;
    const marked = wrong.value.size > 0 && [...wrong.value].every((field) => field in words());
    return marked ? new ApiError('fields_marked', refusal.value.status, refusal.value.problem) : refusal.value;
  });
  return { of: (field) => (wrong.value.has(field) ? words()[field] : undefined), note };
}
