import { onScopeDispose, type Ref, shallowRef } from 'vue';

/** The part of the page that a keyboard on the screen leaves free, in CSS pixels. */
export interface FreePart {
  top: number;
  height: number;
}

type Viewport = Pick<VisualViewport, 'height' | 'offsetTop' | 'scale'>;

/** Bars of a browser are lower than that, and keyboards higher. */
const lowestKeyboard = 120;

/** Null while no keyboard lies over the page; of a page that is zoomed nothing can be told. */
export function freePart({ height, offsetTop, scale }: Viewport, pageHeight: number): FreePart | null {
  if (scale > 1.01 || pageHeight - height < lowestKeyboard) return null;
  return { top: Math.round(offsetTop), height: Math.round(height) };
}

/** Browsers lay a keyboard over the page without telling its styles: what has to stay in sight is placed by this. */
export function useFreePart(): Readonly<Ref<FreePart | null>> {
  const free = shallowRef<FreePart | null>(null);
  const { visualViewport } = window;
  if (!visualViewport) return free;
  const read = (): void => {
    free.value = freePart(visualViewport, window.innerHeight);
  };
  for (const event of ['resize', 'scroll']) visualViewport.addEventListener(event, read);
  onScopeDispose(() => {
    for (const event of ['resize', 'scroll']) visualViewport.removeEventListener(event, read);
  });
  return free;
}
