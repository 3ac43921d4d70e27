import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref, shallowRef } from 'vue';
import { useStandingStill } from '../../../web/classroom/standing-still.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells a picture of somebody who is cut off that stands from one that goes on', async () => {
  const scope = effectScope();
  let frames = 0;
  let asked = 0;
  const picture = shallowRef({
    getVideoPlaybackQuality: () => {
      asked += 1;
      return { totalVideoFrames: frames } as VideoPlaybackQuality;
    },
  });
  const cut = ref(false);
  const still = scope.run(() => useStandingStill(picture, () => cut.value));
  const pass = async (ms: number, framesEach = 0) => {
    for (let left = ms; left > 0; left -= 200) {
      frames += framesEach;
      await vi.advanceTimersByTimeAsync(200);
    }
    return still?.value;
  };
  expect(await pass(2_000)).toBe(false);
  expect(asked).toBe(0);
  cut.value = true;
  await nextTick();
  expect(await pass(2_000, 1)).toBe(false);
  expect(await pass(800)).toBe(true);
  expect(await pass(400, 1)).toBe(false);
  expect(await pass(800)).toBe(true);
  cut.value = false;
  await nextTick();
  expect(still?.value).toBe(false);
  const before = asked;
  await pass(2_000);
  expect(asked).toBe(before);
  scope.stop();
});
