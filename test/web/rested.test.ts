import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { effectScope, nextTick, ref, watch } from 'vue';
import { useRested } from '../../web/state/rested.ts';

describe('what is typed', () => {
  it('counts once, when the hands rest', async () => {
    const [typed, seen, scope] = [ref(''), [] as string[], effectScope()];
    scope.run(() => watch(useRested(typed), (text) => seen.push(text)));
    for (const text of ['分', '分数', '分数的']) {
      typed.value = text;
      await nextTick();
    }
    expect(seen).toEqual([]);
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual(['分数的']);
    typed.value = '走了';
    await nextTick();
    scope.stop();
    await sleep(500);
    expect(seen).toEqual(['分数的']);
  });
});
