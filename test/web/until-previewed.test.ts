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

const file = (id: string, state: File['state'], done: number | null = null): File =>
  ({ id, state, progress: done === null ? null : { step: 'drawing', done, total: 40 } }) as File;

function open(files: File[]) {
  const data = shallowRef<{ title: string; files: File[] }>();
  const error = shallowRef<unknown>(null);
  const answers = new Map<string, File>();
  const read = vi.fn((id: string, _signal: AbortSignal) => {
    const answer = answers.get(id);
    return answer ? Promise.resolve(answer) : Promise.reject(new Error('no line'));
  });
  const scope = effectScope();
  scope.run(() => useUntilPreviewed({ data, error }, read));
  data.value = { title: '分数', files };
  const asked = () => read.mock.calls.map(([id]) => id);
  return { data, error, answers, read, scope, asked };
}

it('asks for the file until its previews are made, and leaves the rest as it is', async () => {
  const { data, answers, asked } = open([file('a', 'ready'), file('b', 'processing')]);
  await nextTick();
  answers.set('b', file('b', 'processing', 12));
  await vi.advanceTimersByTimeAsync(2000);
  expect(data.value).toEqual({ title: '分数', files: [file('a', 'ready'), file('b', 'processing', 12)] });
  answers.set('b', file('b', 'ready'));
  await vi.advanceTimersByTimeAsync(2000);
  expect(data.value?.files).toEqual([file('a', 'ready'), file('b', 'ready')]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toEqual(['b', 'b']);
});

it('goes on after answers that did not come', async () => {
  const { error, asked } = open([file('a', 'uploaded')]);
  await nextTick();
  await vi.advanceTimersByTimeAsync(6000);
  expect(asked()).toEqual(['a', 'a', 'a']);
  error.value = new Error('no line');
  await nextTick();
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked()).toHaveLength(4);
});

it('asks for the first few of many, those first that are at it', async () => {
  const many = Array.from({ length: 30 }, (_, index) => file(`q${index}`, 'uploaded'));
  const { asked } = open([...many, file('now', 'processing')]);
  await nextTick();
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked()).toEqual(['now', 'q0', 'q1', 'q2']);
});

it('ends with the page', async () => {
  const { scope, read, answers, data } = open([file('a', 'processing')]);
  await nextTick();
  answers.set('a', file('a', 'ready'));
  vi.advanceTimersByTime(2000);
  scope.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(read).toHaveBeenCalledTimes(1);
  expect(read.mock.calls[0]?.[1].aborted).toBe(true);
  expect(data.value?.files[0]?.state).toBe('processing');
});
