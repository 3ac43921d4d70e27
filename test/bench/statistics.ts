/** The smallest value that at least `share` of the values do not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('Nothing was measured.');
  return value;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);

export interface Pair<T = number> {
  ours: T;
  peer: T;
}

/**
 * Measures two things in turn, one right after the other, so that both meet the same machine. The one that goes first
 * changes with every round. A round before the first is not counted.
 */
export async function alternate<T>(
  rounds: number,
  measure: { ours(): Promise<T>; peer(): Promise<T> },
): Promise<Pair<T>[]> {
  const pairs: Pair<T>[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % 2 === 0 ? 'ours' : 'peer';
    const early = await measure[first]();
    const late = await measure[first === 'ours' ? 'peer' : 'ours']();
    if (round > 0) pairs.push(first === 'ours' ? { ours: early, peer: late } : { ours: late, peer: early });
  }
  return pairs;
}

/** Medians of both sides, and of what each round says about their ratio. */
export function summarise(pairs: readonly Pair[]): Pair & { ratio: number } {
  return {
    ours: median(pairs.map(({ ours }) => ours)),
    peer: median(pairs.map(({ peer }) => peer)),
    ratio: median(pairs.map(({ ours, peer }) => ours / peer)),
  };
}
