/** The same numbers in every run, so that two runs measure the same library. */
export interface Chance {
  /** From 0 to below 1. */
  number(): number;
  /** From 0 to below `end`, whole. */
  below(end: number): number;
  /** @throws when the list is empty */
  among<T>(list: readonly T[]): T;
  /** A version 4 UUID (RFC 9562 §5.4). */
  uuid(): string;
}

/** Mulberry32. */
export function createChance(seed: number): Chance {
  let state = seed;
  function number(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (end: number) => Math.floor(number() * end);
  const hex = (digits: number) =>
    below(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return {
    number,
    below,
    among(list) {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error('There is nothing to choose from.');
      return found;
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`,
  };
}
