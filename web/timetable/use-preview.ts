import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import { ApiError, isAborted } from '../api/problem.ts';
import { type PreviewInput, previewLessons } from '../api/timetable.ts';
import type { Preview } from '../api/types.ts';

export interface UsePreview {
  /** Of what is asked for now; null while that is not known. */
  preview: Ref<Preview | null>;
  error: Ref<ApiError | null>;
  pending: Ref<boolean>;
  again(): void;
}

/** Long enough to tick several boxes, short enough to seem immediate. */
const restMs = 350;

/** Asks what a lesson would be and what stands in its way, whenever the form has come to rest. */
export function usePreview(input: () => PreviewInput | null): UsePreview {
  const preview = shallowRef<Preview | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const pending = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current: AbortController | null = null;

  async function ask(wanted: PreviewInput): Promise<void> {
    const controller = new AbortController();
    current = controller;
    try {
      preview.value = await previewLessons(wanted, controller.signal);
      error.value = null;
    } catch (cause) {
      if (isAborted(cause) || current !== controller) return;
      preview.value = null;
      // What is wrong is told when the form is sent, too; the network may be back by then.
      error.value = cause instanceof ApiError ? cause : null;
    }
    if (current === controller) pending.value = false;
  }

  function again(): void {
    clearTimeout(timer);
    current?.abort();
    const wanted = input();
    if (wanted === null) {
      preview.value = null;
      error.value = null;
      pending.value = false;
      return;
    }
    pending.value = true;
    timer = setTimeout(() => void ask(wanted), restMs);
  }

  watch(() => JSON.stringify(input()), again, { immediate: true });
  onScopeDispose(() => {
    clearTimeout(timer);
    current?.abort();
  });
  return { preview, error, pending, again };
}
