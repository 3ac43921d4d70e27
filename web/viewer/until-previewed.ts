import { onScopeDispose, watch } from 'vue';
import type { File } from '../api/types.ts';
import type { Load } from '../state/load.ts';

const everyMs = 3000;

/** While previews are being made the resource is asked for again, so that they appear by themselves. */
export function useUntilPreviewed({
  data,
  error,
  reload,
}: Pick<Load<{ files: File[] }>, 'data' | 'error' | 'reload'>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Also after an answer that did not come: the previews are made all the same.
  watch([data, error], ([loaded]) => {
    clearTimeout(timer);
    const busy = loaded?.files.some((file) => file.state === 'uploaded' || file.state === 'processing');
    if (busy) timer = setTimeout(() => void reload(), everyMs);
  });
  onScopeDispose(() => clearTimeout(timer));
}
