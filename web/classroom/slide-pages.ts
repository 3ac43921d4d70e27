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
/** A page that takes longer has filled the line: it rests as long before the next. */
const briefMs = 300;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface PrefetchOptions {
  width?(): PageWidth;
  /** False while the line is kept for the sound. */
  wanted?(): boolean;
  asDevice?: boolean;
}

/** Fetches all pages into the browser's cache before they are turned, one at a time, so that sound keeps the line. */
export function useSlidePrefetch(
  file: Readonly<Ref<{ fileId: string; pages: number } | null>>,
  page: Readonly<Ref<number>>,
  { width = () => 1280, wanted = () => true, asDevice = false }: PrefetchOptions = {},
): void {
  let current = new AbortController();
  /** Pages that are still to come, and the one that is coming. */
  let left = new Set<number>();
  let coming: { page: number; since: number } | null = null;

  async function fetchAll(fileId: string, pages: number, signal: AbortSignal): Promise<void> {
    while (left.size > 0 && !signal.aborted) {
      const next = fetchOrder(page.value, pages).find((number) => left.has(number));
      if (next === undefined) return;
      if (!wanted()) {
        await pause(retryMs);
        continue;
      }
      try {
        const began = performance.now();
        coming = { page: next, since: began };
        const response = await fetch(slideUrl(fileId, next, width(), asDevice), { signal });
        await response.arrayBuffer();
        if (response.status >= 500) throw new Error(`The server answers ${response.status}.`);
        left.delete(next);
        const took = performance.now() - began;
        if (took > briefMs) await pause(took);
      } catch {
        if (signal.aborted) return;
        await pause(retryMs);
      }
    }
  }

  function begin(): void {
    current.abort();
    current = new AbortController();
    const shown = file.value;
    if (shown) void fetchAll(shown.fileId, shown.pages, current.signal);
  }

  watch(
    // Pages of another size are other pages; of slides that are still being made there are none yet.
    () => `${file.value?.fileId} ${file.value?.pages} ${width()}`,
    () => {
      left = new Set(Array.from({ length: file.value?.pages ?? 0 }, (_, index) => index + 1));
      begin();
    },
    { immediate: true },
  );
  // The page that is wanted now has the line to itself; on a fast one the other has come before this matters.
  watch(page, (now) => {
    const slow = coming !== null && performance.now() - coming.since > briefMs;
    if (left.has(now) && slow && coming?.page !== now) begin();
  });
  onScopeDispose(() => current.abort());
}
