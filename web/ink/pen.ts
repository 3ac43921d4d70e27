/** What is told of a hand that draws. Points are x and y in turn, in ten-thousandths of the page. */
export interface Drawing {
  begin(points: number[]): void;
  extend(points: number[]): void;
  end(): void;
}

const parts = 10_000;
/** The main button of a mouse; the tip of a stylus or a finger. */
const mainButton = 0;

/**
 * Makes strokes of what a mouse, a finger or a stylus does on a page: listeners for the page's element, which needs
 * `touch-action: none`. One hand draws at a time, and where there is a stylus, the palm beside it does not.
 */
export function createPen(drawing: Drawing) {
  let active: { id: number; type: string } | null = null;
  let hasStylus = false;

  function end(): void {
    if (active) drawing.end();
    active = null;
  }
  /** Somebody else's pointer, or none that draws. */
  const isOther = ({ pointerId }: PointerEvent): boolean => active?.id !== pointerId;

  return {
    end,
    listeners: {
      pointerdown(event: PointerEvent): void {
        hasStylus ||= event.pointerType === 'pen';
        if (event.button !== mainButton || (hasStylus && event.pointerType === 'touch')) return;
        // The palm lay down first.
        if (active && !(event.pointerType === 'pen' && active.type === 'touch')) return;
        end();
        event.preventDefault();
        const page = event.currentTarget as Element;
        page.setPointerCapture(event.pointerId);
        active = { id: event.pointerId, type: event.pointerType };
        drawing.begin(placesOf(page, [event]));
      },
      pointermove(event: PointerEvent): void {
        if (isOther(event)) return;
        // A browser that has gathered none gives an empty list.
        const gathered = event.getCoalescedEvents?.() ?? [];
        drawing.extend(placesOf(event.currentTarget as Element, gathered.length > 0 ? gathered : [event]));
      },
      pointerup(event: PointerEvent): void {
        if (!isOther(event)) end();
      },
      pointercancel(event: PointerEvent): void {
        if (!isOther(event)) end();
      },
    },
  };
}

function placesOf(page: Element, events: Pick<PointerEvent, 'clientX' | 'clientY'>[]): number[] {
  const { left, top, width, height } = page.getBoundingClientRect();
  const part = (at: number, of: number): number => Math.round(Math.min(1, Math.max(0, at / of)) * parts);
  return events.flatMap(({ clientX, clientY }) => [part(clientX - left, width), part(clientY - top, height)]);
}
