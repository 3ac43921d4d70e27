import { type ComputedRef, computed, type Ref, ref, shallowRef } from 'vue';
import type { PagePoint, RequestData, Slides as SlidesFile, Snapshot } from '../../media/protocol.ts';
import type { Connection } from './connection.ts';
import { isLineFault } from './failure.ts';
import { createInk, type Ink } from './ink.ts';
import type { NotificationHandlers } from './socket.ts';

/** The pages that everyone sees. */
export interface Slides {
  file: Readonly<Ref<SlidesFile | null>>;
  /** From 1. The presenter's own turns show at once, before the node has heard of them. */
  page: Readonly<Ref<number>>;
  pages: ComputedRef<number>;
  /** Presenter: turns to a page within the file; a turn made while the line is gone is sent when it is back. */
  turn(page: number): void;
  /** Where the presenter's laser pointer is. */
  pointer: Readonly<Ref<PagePoint | null>>;
  /** Presenter: moves it. */
  point(at: PagePoint | null): void;
  /** What is drawn on them. */
  ink: Ink;
}

/** A moving dot looks smooth from here on, once its way is drawn between two places. */
const pointEveryMs = 100;

export function createSlides(request: Connection['request']) {
  const file = shallowRef<SlidesFile | null>(null);
  const page = ref(1);
  let unsent: RequestData<'turnSlide'> | null = null;
  let sending = false;
  let again = false;
  const pointer = shallowRef<PagePoint | null>(null);
  let pointing = false;
  const ink = createInk({ request, fileId: () => file.value?.fileId ?? null, page: () => page.value });

  /** The newest place only; one that is lost with the line is not sent again, as the next one is on its way. */
  async function sendPoint(): Promise<void> {
    if (pointing) return;
    pointing = true;
    let sent: PagePoint | null | undefined;
    while (sent !== pointer.value) {
      sent = pointer.value;
      await Promise.all([
        request('pointAt', { at: sent }).catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, pointEveryMs)),
      ]);
    }
    pointing = false;
  }

  /** Only the newest page counts: a slow line never replays a hurried thumb. */
  async function send(): Promise<void> {
    again = sending;
    if (sending) return;
    sending = true;
    try {
      while (unsent !== null) {
        const wanted: RequestData<'turnSlide'> = unsent;
        await request('turnSlide', wanted);
        if (unsent === wanted) unsent = null;
      }
    } catch (error) {
      // Refused for good: show what the others see, told by the next notification. A lost line keeps the wish.
      if (!isLineFault(error)) unsent = null;
    } finally {
      sending = false;
      // The line came back, or another page was wanted, while this try was failing.
      if (again && unsent !== null) void send();
    }
  }

  const slides: Slides = {
    file,
    page,
    pointer,
    ink: ink.ink,
    point(at) {
      pointer.value = at;
      void sendPoint();
    },
    pages: computed(() => file.value?.pages ?? 0),
    turn(wanted) {
      const next = Math.min(Math.max(1, wanted), file.value?.pages ?? 1);
      if (next === page.value) return;
      ink.ink.end();
      page.value = next;
      pointer.value = null;
      unsent = { page: next, fileId: file.value?.fileId };
      void send();
    },
  };
  const handlers: NotificationHandlers = {
    ...ink.handlers,
    pointerMoved({ at }) {
      pointer.value = at;
    },
    slideTurned(data) {
      pointer.value = null;
      ink.show(data);
      if (unsent === null) page.value = data.page;
    },
    slidesShown(data) {
      unsent = null;
      showFile(data.slides);
      ink.show(data);
      page.value = data.page;
    },
  };
  function showFile(shown: SlidesFile | null): void {
    if (shown?.fileId !== file.value?.fileId) ink.forget();
    file.value = shown;
  }
  function take(snapshot: Snapshot): void {
    showFile(snapshot.slides);
    // A turn of slides that are not shown any more is no wish for these.
    if (unsent?.fileId !== snapshot.slides?.fileId) unsent = null;
    ink.show(snapshot);
    pointer.value = null;
    if (unsent === null) page.value = snapshot.page;
  }
  function lineBack(): void {
    void send();
    ink.lineBack();
  }
  return { slides, handlers, take, lineBack };
}
