/**
 * Extends 16-bit RTP sequence numbers, or 32-bit timestamps, over their wraps (RFC 3550, appendix A.1). Values may come
 * out of order by less than half the range. The first value keeps one range below it, so that what came before it and
 * arrives late is not negative.
 */
export function createUnwrapper(bits: 16 | 32): (value: number) => number {
  const range = 2 ** bits;
  let newest: number | null = null;
  return (value) => {
    if (newest === null) {
      newest = range + value;
      return newest;
    }
    let step = (value - newest) % range;
    if (step < 0) step += range;
    const extended = step < range / 2 ? newest + step : newest + step - range;
    newest = Math.max(newest, extended);
    return extended;
  };
}
