import { type ShallowRef, shallowRef } from 'vue';
import type { RouteLocationNormalized, Router } from 'vue-router';
import { slowAfterMs } from './load.ts';

/**
 * The page that is on its way, once that has taken 200 ms: its script may come over a slow line. Until then what was open
 * stays, and at first there is nothing.
 */
export function useSlowOpening(router: Router): Readonly<ShallowRef<RouteLocationNormalized | null>> {
  const slow = shallowRef<RouteLocationNormalized | null>(null);
  let wanted: RouteLocationNormalized | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function begin(to: RouteLocationNormalized): void {
    timer = setTimeout(() => {
      slow.value = to;
    }, slowAfterMs);
  }
  function end(to: RouteLocationNormalized): void {
    // One that was given up for another ends only after that has begun.
    if (to !== wanted) return;
    clearTimeout(timer);
    wanted = null;
    slow.value = null;
  }
  const nothingOpen = (): boolean => router.currentRoute.value.matched.length === 0;
  // Which the first one is, is known only once it is known who asks.
  if (nothingOpen()) begin(router.currentRoute.value);
  router.beforeEach((to) => {
    wanted = to;
    clearTimeout(timer);
    // A change in place, as of a search, has all that it needs.
    if (nothingOpen() || to.path !== router.currentRoute.value.path) begin(to);
  });
  router.afterEach(end);
  router.onError((_error, to) => end(to));
  return slow;
}
