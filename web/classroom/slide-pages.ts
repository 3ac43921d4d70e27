import { onScopeDispose, type Ref, watch } from 'vue';

export type PageWidth = 320 | 640 | 1280;

/** `asDevice`: a room's page asks for it; an image cannot say so in a header. */
export function slideUrl(fileId: string, page: number, width: PageWidth, asDevice = false): string {
  return `/api/files/${fileId}/pages/${page}?width=${width}${asDevice ? '&as=device' : ''}`;
}

/** Pages in the order in which a lesson is likely to need them: the current one, the next ones, one back, the rest. */
export function fetchOrder(current: number, pages: number): number[] {
  const ahead = Array.from({ length: Math.max(0, pages - current + 1) }, (_, index) => current + index);
  const behind = Array.from({ length: Math.max(0, current - 1) }, (_, index) => current - 1 - index);
  return [...ahead.slice(0, 3), ...behind.slice(0, 1), ...ahead.slice(3), ...behind.slice(1)];
}

const retryMs = 3000;

/** Fetches all pages into the browser's cache before they are turned, one at a time, so that sound keeps the line. */
export function useSlidePrefetch(
  file: Readonly<Ref<{ fileId: string; pages: number } | null>>,
  page: Readonly<Ref<number>>,
  { width = 1280, asDevice = false }: { width?: PageWidth; asDevice?: boolean } = {},
): void {
  let current = new AbortController();

  async function fetchAll(fileId: string, pages: number, signal: AbortSignal): Promise<void> {
    const left = new Set(Array.from({ length: pages }, (_, index) => index + 1));
    while (left.size > 0 && !signal.aborted) {
      const next = fetchOrder(page.value, pages).find((number) => left.has(number));
      if (next === undefined) return;
      try {
        const response = await fetch(slideUrl(fileId, next, width, asDevice), { signal });
        await response.arrayBuffer();
        if (response.status >= 500) throw new Error(`The server answers ${response.status}.`);
        left.delete(next);
      } catch {
        if (signal.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  watch(
    () => file.value?.fileId,
    () => {
      current.abort();
      current = new AbortController();
      const wanted = file.value;
      if (wanted) void fetchAll(wanted.fileId, wanted.pages, current.signal);
    },
    { immediate: true },
  );
  onScopeDispose(() => current.abort());
}
