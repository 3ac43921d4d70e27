import { onScopeDispose } from 'vue';

/** Keeps the screen on while the page is visible (W3C Screen Wake Lock). Where a browser has none, its kiosk settings must. */
export function useWakeLock(): void {
  const locks: WakeLock | undefined = navigator.wakeLock;
  let held: WakeLockSentinel | null = null;
  let over = false;

  async function hold(): Promise<void> {
    if (!locks || over || document.visibilityState !== 'visible' || (held && !held.released)) return;
    try {
      held = await locks.request('screen');
      if (over) await held.release();
    } catch {
      // Refused on a low battery; asked again when the page is shown next.
    }
  }

  const shown = (): void => void hold();
  document.addEventListener('visibilitychange', shown);
  void hold();
  onScopeDispose(() => {
    over = true;
    document.removeEventListener('visibilitychange', shown);
    if (held && !held.released) void held.release();
  });
}
