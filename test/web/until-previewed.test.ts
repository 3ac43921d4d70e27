import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, shallowRef } from 'vue';
import type { File } from '../../web/api/types.ts';
import { useUntilPreviewed } from '../../web/viewer/until-previewed.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const data = shallowRef<{ files: File[] }>();
  const error = shallowRef<unknown>(null);
  const reload = vi.fn(() => Promise.resolve());
  const scope = effectScope();
  scope.run(() => useUntilPreviewed({ data, error, reload }));
  const answer = async (state: File['state']) => {
    data.value = { files: [{ state } as File] };
    await nextTick();
  };
  const fail = async () => {
    error.value = new Error('no line');
    await nextTick();
  };
  return { reload, scope, answer, fail };
}

it('asks again until the previews are made', async () => {
  const { reload, answer } = open();
  await answer('processing');
  vi.advanceTimersByTime(3000);
  expect(reload).toHaveBeenCalledTimes(1);
  await answer('ready');
  vi.advanceTimersByTime(60_000);
  expect(reload).toHaveBeenCalledTimes(1);
});

it('goes on after answers that did not come', async () => {
  const { reload, answer, fail } = open();
  await answer('uploaded');
  for (const times of [1, 2, 3]) {
    vi.advanceTimersByTime(3000);
    expect(reload).toHaveBeenCalledTimes(times);
    await fail();
  }
});

it('ends with the page', async () => {
  const { reload, scope, answer } = open();
  await answer('processing');
  scope.stop();
  vi.advanceTimersByTime(60_000);
  expect(reload).not.toHaveBeenCalled();
});
