import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef } from 'vue';
import { mirrorStyles } from './mirrored-styles.ts';

/** As far as we go by the W3C's Window Management, which TypeScript does not know yet. */
interface OtherScreen extends Screen {
  readonly availLeft: number;
  readonly availTop: number;
}
interface ScreenDetails extends EventTarget {
  readonly screens: readonly OtherScreen[];
  readonly currentScreen: OtherScreen;
}
type ManagingWindow = Window & { getScreenDetails?(): Promise<ScreenDetails> };
type ExtendedScreen = Screen & EventTarget & { readonly isExtended?: boolean };

export interface SecondScreen {
  /** Where on it something can be shown; null while there is none. */
  place: Readonly<ShallowRef<HTMLElement | null>>;
  /** There is one, and the browser wants a touch before it lets us use it. */
  untouched: Readonly<Ref<boolean>>;
  /** To be called in a touch. */
  open(): Promise<void>;
}

const windowName = 'tongke-second-screen';

/**
 * The other screen of this machine, in a window of our own. It opens by itself where a policy of the browser allows that
 * (docs/kiosk.md), else with the first touch; a window that somebody closes comes back with the next one.
 */
export function useSecondScreen(): SecondScreen {
  const place = shallowRef<HTMLElement | null>(null);
  const untouched = ref(false);
  const screens = window.screen as ExtendedScreen;
  let details: ScreenDetails | null = null;
  let opened: Window | null = null;
  let over = false;

  async function detailsOf(): Promise<ScreenDetails | null> {
    if (details) return details;
    // Asks for the permission; refused, there is one screen for us.
    details = (await (window as ManagingWindow).getScreenDetails?.().catch(() => null)) ?? null;
    details?.addEventListener('screenschange', look);
    return details;
  }

  async function open(): Promise<void> {
    if (over || place.value !== null || screens.isExtended !== true) return;
    const found = await detailsOf();
    const other = found?.screens.find((one) => one !== found.currentScreen);
    if (over || place.value !== null || !other) return;
    const { availLeft, availTop, availWidth, availHeight } = other;
    const at = `left=${availLeft},top=${availTop},width=${availWidth},height=${availHeight}`;
    opened = window.open('', windowName, `popup,${at}`);
    untouched.value = opened === null;
    if (opened) furnish(opened, other);
  }

  function furnish(shown: Window, other: OtherScreen): void {
    const { document: page } = shown;
    page.title = document.title;
    Object.assign(page.documentElement.dataset, document.documentElement.dataset);
    page.documentElement.lang = document.documentElement.lang;
    const stopMirroring = mirrorStyles(document, page);
    const element = page.createElement('main');
    page.body.replaceChildren(element);
    place.value = element;
    // Refused without a touch or a policy: then the window keeps its frame until it is touched.
    const fill = (): void =>
      void page.documentElement.requestFullscreen({ screen: other } as FullscreenOptions).catch(() => undefined);
    fill();
    page.addEventListener('pointerdown', fill);
    shown.addEventListener('pagehide', () => {
      stopMirroring();
      if (opened !== shown) return;
      opened = null;
      place.value = null;
      untouched.value = !over && screens.isExtended === true;
    });
  }

  function close(): void {
    const shown = opened;
    opened = null;
    place.value = null;
    shown?.close();
  }

  /** A screen was connected or taken away, or it is the first time. */
  function look(): void {
    if (screens.isExtended !== true) {
      close();
      untouched.value = false;
      return;
    }
    navigator.permissions.query({ name: 'window-management' as PermissionName }).then(
      ({ state }) => {
        if (state === 'granted') void open();
        else untouched.value = state === 'prompt' && place.value === null;
      },
      // A browser that does not know the permission has no second screen for us.
      () => undefined,
    );
  }

  screens.addEventListener?.('change', look);
  addEventListener('pagehide', close);
  look();
  onScopeDispose(() => {
    over = true;
    screens.removeEventListener?.('change', look);
    removeEventListener('pagehide', close);
    details?.removeEventListener('screenschange', look);
    close();
  });
  return { place, untouched, open };
}
