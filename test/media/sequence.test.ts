import { describe, expect, it } from 'vitest';
import { createUnwrapper } from '../../media/sequence.ts';

describe('extending sequence numbers', () => {
  it('goes on over the wrap, in any order', () => {
    const extend = createUnwrapper(16);
    const range = 65_536;
    expect([65_534, 65_535, 1, 0, 65_533, 2].map(extend)).toEqual([
      range + 65_534,
      range + 65_535,
      2 * range + 1,
      2 * range,
      range + 65_533,
      2 * range + 2,
    ]);
  });

  it('keeps what came before the first packet, and late, above zero', () => {
    const extend = createUnwrapper(16);
    expect(extend(3)).toBe(65_539);
    expect(extend(65_530)).toBe(65_530);
  });

  it('extends timestamps over many wraps', () => {
    const extend = createUnwrapper(32);
    const step = 2 ** 31 - 1;
    const first = extend(5);
    let last = first;
    for (let i = 1; i <= 10; i += 1) last = extend((5 + i * step) % 2 ** 32);
    expect(last - first).toBe(10 * step);
  });
});
