import { computed, nextTick, onBeforeUnmount, onMounted, type Ref, ref, shallowRef, watch } from 'vue';
import { readPageShapes } from '../api/files.ts';
import {
  type Anchor,
  anchorAt,
  columnHeight,
  heightOf,
  layPages,
  pageAt,
  pagesNear,
  stepZoom,
  usualRatio,
  usualZoom,
  type Zoom,
} from './page-layout.ts';

export interface PagesOptions {
  fileId: string;
  pages: number;
  /** The one that is shown first. */
  start: number;
  /** What scrolls. */
  stage: Readonly<Ref<HTMLElement | undefined>>;
}

/** Around the pages, on each side. */
export const stagePadding = 12;

/** The pages of a document in a column that scrolls: their room is kept, and only those near are drawn. */
export function usePages({ fileId, pages, start, stage }: PagesOptions) {
  const clamp = (page: number): number => Math.min(pages, Math.max(1, Math.round(page)));
  const ratios = shallowRef<readonly number[]>(Array.from({ length: pages }, () => usualRatio));
  const room = ref({ width: 0, height: 0 });
  /** Null until somebody chooses. */
  const chosen = ref<Zoom | null>(null);
  const usual = computed<Zoom>(() => usualZoom(ratios.value[0] ?? 1, room.value));
  const zoom = computed(() => chosen.value ?? usual.value);
  const boxes = computed(() => layPages(ratios.value, zoom.value, room.value));
  const height = computed(() => columnHeight(boxes.value));
  const page = ref(clamp(start));
  const near = shallowRef<number[]>([]);
  const scale = computed(() => (boxes.value[page.value - 1]?.width ?? 0) / (room.value.width || 1));
  /** Where the middle of the stage lies in the column. */
  let anchor: Anchor = { page: page.value, share: 0 };
  /** The page that was turned to, though the column may end before its top reaches that of the stage. */
  let turnedTo: number | null = page.value;

  function look(): void {
    const element = stage.value;
    if (!element || room.value.width === 0) return;
    const top = element.scrollTop - stagePadding;
    const seen = pagesNear(boxes.value, top, room.value.height);
    if (seen[0] !== near.value[0] || seen.length !== near.value.length) near.value = seen;
    page.value = turnedTo ?? pageAt(boxes.value, top + room.value.height * 0.4);
    anchor = anchorAt(boxes.value, top + room.value.height / 2);
  }
  function turn(to: number): void {
    const next = clamp(to);
    turnedTo = next;
    page.value = next;
    const box = boxes.value[next - 1];
    if (!box || !stage.value) return;
    stage.value.scrollTop = box.top;
    look();
  }
  /** The true shape of a page, from its picture. */
  function shape(of: number, ratio: number): void {
    const known = ratios.value[of - 1];
    if (known === undefined || Math.abs(known - ratio) / ratio < 0.01) return;
    ratios.value = ratios.value.map((one, index) => (index === of - 1 ? ratio : one));
  }
  /** Somebody scrolls: what is seen counts again. */
  function release(): void {
    turnedTo = null;
  }
  function zoomTo(next: Zoom | null): void {
    chosen.value = next;
  }

  // The place stays when the pages get another size, or their true shapes are known.
  watch(boxes, async (laid) => {
    const kept = anchor;
    await nextTick();
    const element = stage.value;
    if (!element) return;
    if (turnedTo !== null) return turn(turnedTo);
    element.scrollTop = heightOf(laid, kept) - room.value.height / 2 + stagePadding;
    element.scrollLeft = (element.scrollWidth - element.clientWidth) / 2;
    look();
  });

  const abort = new AbortController();
  readPageShapes(fileId, abort.signal).then(
    ({ ratios: known }) => {
      if (known.length > 0) ratios.value = Array.from({ length: pages }, (_, index) => known[index] ?? usualRatio);
    },
    // Without them each page keeps the usual room until its picture is there, and says itself when that does not come.
    () => undefined,
  );

  const observer = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const { width, height: free } = entry.contentRect;
    room.value = { width: Math.max(1, width), height: Math.max(1, free) };
  });
  onMounted(() => stage.value && observer.observe(stage.value));
  onBeforeUnmount(() => {
    observer.disconnect();
    abort.abort();
  });

  return {
    ratios,
    boxes,
    height,
    page,
    near,
    zoom,
    scale,
    look,
    turn,
    shape,
    release,
    zoomTo,
    zoomBy: (direction: 1 | -1): void => zoomTo(stepZoom(scale.value, direction)),
  };
}
