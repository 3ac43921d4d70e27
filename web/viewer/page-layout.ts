/** As wide as the stage, whole on the stage, or this many times as wide as the stage. */
export type Zoom = 'width' | 'page' | number;

export interface Size {
  width: number;
  height: number;
}

/** Where a page lies in the column of all pages, in pixels. */
export interface PageBox extends Size {
  number: number;
  top: number;
}

export const pageGap = 12;
export const zoomSteps = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4] as const;
/** Of a page whose shape is not known yet: A4, upright. */
export const usualRatio = 210 / 297;

/** As many pixels as the picture of a page is wide at most. */
const mostPixels = 1280;
/** A table of many columns and few lines is a strip in which nothing could be read, were it as narrow as the stage. */
const stripRatio = 3;

/** How a document is shown until somebody chooses: slides whole, pages of text as wide as can be, a strip so that it can be read. */
export function usualZoom(ratio: number, stage: Size): Zoom {
  if (ratio > stripRatio && stage.width > 0) return Math.min(4, Math.max(1, mostPixels / stage.width));
  return ratio > 1 ? 'page' : 'width';
}

/** @param ratios width over height of each page. @param stage what is free for pages. */
export function layPages(ratios: readonly number[], zoom: Zoom, stage: Size): PageBox[] {
  let top = 0;
  return ratios.map((ratio, index) => {
    const width = Math.max(
      1,
      zoom === 'page' ? Math.min(stage.width, stage.height * ratio) : stage.width * (zoom === 'width' ? 1 : zoom),
    );
    const box = { number: index + 1, top, width, height: width / ratio };
    top += box.height + pageGap;
    return box;
  });
}

export function columnHeight(boxes: readonly PageBox[]): number {
  const last = boxes.at(-1);
  return last ? last.top + last.height : 0;
}

/** The page at a height of the column; the gap behind a page is still its. */
export function pageAt(boxes: readonly PageBox[], y: number): number {
  let [low, high] = [0, boxes.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((boxes[middle]?.top ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return boxes[low]?.number ?? 1;
}

/** The pages that are seen, the one after them and those about a screenful around: what is worth loading. */
export function pagesNear(boxes: readonly PageBox[], scrolled: number, height: number): number[] {
  const first = pageAt(boxes, Math.max(0, scrolled - height / 2));
  const next = Math.min(boxes.length, pageAt(boxes, scrolled + height / 2) + 1);
  const last = Math.max(1, next, pageAt(boxes, scrolled + height * 2));
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A place in the column that stays the same when its pages get another size. */
export interface Anchor {
  page: number;
  /** Share of the page's height; may lie in the gap behind it. */
  share: number;
}

export function anchorAt(boxes: readonly PageBox[], y: number): Anchor {
  const page = pageAt(boxes, y);
  const box = boxes[page - 1];
  return { page, share: box ? (y - box.top) / box.height : 0 };
}

export function heightOf(boxes: readonly PageBox[], { page, share }: Anchor): number {
  const box = boxes[page - 1];
  return box ? box.top + share * box.height : 0;
}

/** The next step up (1) or down (-1) from a scale that may lie between steps. */
export function stepZoom(scale: number, direction: 1 | -1): number {
  const near = 0.01;
  const next =
    direction === 1
      ? zoomSteps.find((step) => step > scale + near)
      : [...zoomSteps].reverse().find((step) => step < scale - near);
  return next ?? (direction === 1 ? zoomSteps[zoomSteps.length - 1] : zoomSteps[0]) ?? 1;
}
