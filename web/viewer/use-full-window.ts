import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

export interface FullWindow {
  /** Shown over everything: on the whole screen, or where a browser has none for pages (telephones), in the window. */
  full: Readonly<Ref<boolean>>;
  toggle(): void;
  leave(): void;
}

export function useFullWindow(element: Readonly<Ref<HTMLElement | undefined>>): FullWindow {
  const full = ref(false);
  const follow = (): void => {
    full.value = document.fullscreenElement !== null && document.fullscreenElement === element.value;
  };
  onMounted(() => document.addEventListener('fullscreenchange', follow));
  onBeforeUnmount(() => document.removeEventListener('fullscreenchange', follow));

  async function enter(): Promise<void> {
    full.value = true;
    // Where it is missing or not allowed, the window has to do.
    await element.value?.requestFullscreen?.().catch(() => undefined);
  }
  function leave(): void {
    full.value = false;
    if (document.fullscreenElement) void document.exitFullscreen();
  }
  return { full, toggle: () => (full.value ? leave() : void enter()), leave };
}
