import { expect, it } from 'vitest';
import { createApp, effectScope } from 'vue';
import { createMemoryHistory, createRouter, type Router } from 'vue-router';
import { type SearchInAddress, useSearchInAddress } from '../../web/library/search-state.ts';

async function openSearch(): Promise<{ router: Router; search: SearchInAddress }> {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: {} }] });
  await router.push('/');
  const app = createApp({}).use(router);
  const search = app.runWithContext(() => effectScope().run(useSearchInAddress));
  if (!search) throw new Error('The search was not made.');
  return { router, search };
}

it('keeps the words when a filter is chosen while they are still on their way into the address', async () => {
  const { router, search } = await openSearch();
  search.change({ q: '分数' });
  search.toggle('subject', 'math');
  search.toggle('grade', '3');
  await expect.poll(() => router.currentRoute.value.query).toEqual({ q: '分数', subject: 'math', grade: '3' });
  expect(search.state.value.q).toBe('分数');
});

it('follows the address when someone goes back', async () => {
  const { router, search } = await openSearch();
  search.toggle('subject', 'math');
  await expect.poll(() => router.currentRoute.value.query).toEqual({ subject: 'math' });
  router.back();
  await expect.poll(() => search.state.value.filters.subject).toEqual([]);
  search.change({ q: '分数' });
  await expect.poll(() => router.currentRoute.value.query).toEqual({ q: '分数' });
});
