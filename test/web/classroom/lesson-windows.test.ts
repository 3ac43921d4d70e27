import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, ref, shallowRef } from 'vue';
import { useLessonWindows } from '../../../web/classroom/lesson-windows.ts';

beforeEach(() => {
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
});
afterEach(() => vi.unstubAllGlobals());

function openWindow(lesson: string | null) {
  const scope = effectScope();
  const playing = shallowRef(lesson);
  const freed = ref(0);
  const windows = scope.run(() =>
    useLessonWindows({
      playing: () => playing.value,
      freed: () => {
        freed.value += 1;
      },
      askEveryMs: 1_500,
      answerMs: 1_000,
    }),
  );
  if (!windows) throw new Error('The scope is closed.');
  return { windows, playing, freed, close: () => scope.stop() };
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a lesson that another window has taken', () => {
  it('stays there for as long as that window plays it', async () => {
    const there = openWindow('lesson');
    const here = openWindow(null);
    here.windows.leaveTo('lesson');
    await pause(3_500);
    expect([here.windows.elsewhere.value, here.freed.value]).toEqual(['lesson', 0]);
    there.playing.value = null;
    await vi.waitFor(() => expect([here.windows.elsewhere.value, here.freed.value]).toEqual([null, 1]), {
      timeout: 10_000,
    });
    there.close();
    here.close();
  });

  it('comes back when the window is closed, or is gone without a word', async () => {
    const there = openWindow('lesson');
    const here = openWindow(null);
    here.windows.leaveTo('lesson');
    there.close();
    await vi.waitFor(() => expect(here.freed.value).toBe(1), { timeout: 10_000 });
    here.windows.leaveTo('lesson');
    await vi.waitFor(() => expect(here.freed.value).toBe(2), { timeout: 10_000 });
    here.close();
  });

  it('comes back by a touch', () => {
    const here = openWindow(null);
    here.windows.leaveTo('lesson');
    here.windows.takeBack();
    expect([here.windows.elsewhere.value, here.freed.value]).toEqual([null, 1]);
    here.close();
  });
});
