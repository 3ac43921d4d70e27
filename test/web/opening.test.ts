import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryHistory, createRouter, type Router } from 'vue-router';
import { useSlowOpening } from '../../web/state/opening.ts';

/** Pages come when the test lets them. */
function openPages() {
  const coming = new Map<string, { come(): void; fail(): void }>();
  const page = (path: string) => ({
    path,
    component: () =>
      new Promise<object>((resolve, reject) => {
        coming.set(path, { come: () => resolve({ render: () => null }), fail: () => reject(new Error(path)) });
      }),
  });
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/', component: { render: () => null } }, page('/a'), page('/b')],
  });
  return { router, slow: useSlowOpening(router), coming };
}

describe('a page that is on its way', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const go = (router: Router, path: string) => router.push(path).catch(() => undefined);

  it('is told of when it takes 200 ms, and no sooner', async () => {
    const { router, slow, coming } = openPages();
    await go(router, '/');
    const there = go(router, '/a');
    await vi.advanceTimersByTimeAsync(190);
    expect(slow.value).toBeNull();
    await vi.advanceTimersByTimeAsync(20);
    expect(slow.value?.path).toBe('/a');
    coming.get('/a')?.come();
    await there;
    expect(slow.value).toBeNull();
  });

  it('is not told of when it is there at once', async () => {
    const { router, slow } = openPages();
    await go(router, '/');
    await go(router, '/?q=1');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(slow.value).toBeNull();
  });

  it('is told of at the first opening, too', async () => {
    const { router, slow, coming } = openPages();
    const there = go(router, '/a');
    await vi.advanceTimersByTimeAsync(250);
    expect(slow.value?.path).toBe('/a');
    coming.get('/a')?.come();
    await there;
    expect(slow.value).toBeNull();
  });

  it('gives way to another one that was wanted instead, and to a failure', async () => {
    const { router, slow, coming } = openPages();
    await go(router, '/');
    const first = go(router, '/a');
    await vi.advanceTimersByTimeAsync(250);
    const second = go(router, '/b');
    await vi.advanceTimersByTimeAsync(250);
    coming.get('/a')?.come();
    await first;
    expect(slow.value?.path).toBe('/b');
    coming.get('/b')?.fail();
    await second;
    expect(slow.value).toBeNull();
  });
});
