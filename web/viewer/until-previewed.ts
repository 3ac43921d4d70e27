import { onScopeDispose, watch } from 'vue';
import { readFile } from '../api/files.ts';
import type { File } from '../api/types.ts';
import type { Load } from '../state/load.ts';
import { isBusy } from './file-state.ts';

const everyMs = 2000;
/** Of a resource with many files in the queue, the first ones are followed. */
const atOnce = 4;

/**
 * While previews are being made, their files are asked for again, so that progress is seen and previews appear by
 * themselves. Only the files: to ask for the resource would count as a look at it each time.
 */
export function useUntilPreviewed<T extends { files: File[] }>(
  { data, error }: Pick<Load<T>, 'data' | 'error'>,
  read: (id: string, signal: AbortSignal) => Promise<File> = readFile,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const abort = new AbortController();

  async function ask(): Promise<void> {
    const busy = (data.value?.files ?? []).filter(isBusy);
    const first = [...busy].sort((a, b) => Number(b.state === 'processing') - Number(a.state === 'processing'));
    const answers = await Promise.allSettled(first.slice(0, atOnce).map(({ id }) => read(id, abort.signal)));
    if (abort.signal.aborted) return;
    const news = new Map(
      answers.flatMap((answer) => (answer.status === 'fulfilled' ? [[answer.value.id, answer.value] as const] : [])),
    );
    const loaded = data.value;
    // Also after an answer that did not come: the previews are made all the same.
    if (!loaded || news.size === 0) return wait();
    data.value = { ...loaded, files: loaded.files.map((file) => news.get(file.id) ?? file) };
  }
  function wait(): void {
    clearTimeout(timer);
    if (data.value?.files.some(isBusy)) timer = setTimeout(() => void ask(), everyMs);
  }

  watch([data, error], wait, { immediate: true });
  onScopeDispose(() => {
    clearTimeout(timer);
    abort.abort();
  });
}
