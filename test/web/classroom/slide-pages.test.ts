import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, ref } from 'vue';
import { useSlidePrefetch } from '../../../web/classroom/slide-pages.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('pauses when the server is in trouble, and then fetches the page after all', async () => {
  const asked: string[] = [];
  let status = 503;
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address);
    return new Response('', { status });
  });
  const scope = effectScope();
  scope.run(() => useSlidePrefetch(ref({ fileId: 'f', pages: 2 }), ref(1), { asDevice: true }));
  await vi.advanceTimersByTimeAsync(2900);
  expect(asked).toEqual(['/api/files/f/pages/1?width=1280&as=device']);
  status = 200;
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.map((address) => address.split('?')[0])).toEqual([
    '/api/files/f/pages/1',
    '/api/files/f/pages/1',
    '/api/files/f/pages/2',
  ]);
  scope.stop();
});

it('fetches the pages of other slides, and those that are made only now', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address.split('?')[0] ?? '');
    return new Response('');
  });
  const file = ref<{ fileId: string; pages: number } | null>({ fileId: 'f', pages: 0 });
  const scope = effectScope();
  scope.run(() => useSlidePrefetch(file, ref(1)));
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toEqual([]);
  file.value = { fileId: 'f', pages: 2 };
  await vi.advanceTimersByTimeAsync(10);
  expect(asked.splice(0)).toEqual(['/api/files/f/pages/1', '/api/files/f/pages/2']);
  file.value = { fileId: 'g', pages: 1 };
  await vi.advanceTimersByTimeAsync(10);
  file.value = null;
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toEqual(['/api/files/g/pages/1']);
  scope.stop();
});
