/** Weight of the newest second in the speed that is shown. */
const fresh = 0.25;

/** How fast something comes or goes, calm enough to be read. */
export interface Speed {
  /** @returns bytes a second, 0 while it is not known yet. */
  measure(bytes: number): number;
  /** It stands still; what comes after it is measured anew. */
  rest(): void;
}

export function createSpeed(): Speed {
  let bytesPerSecond = 0;
  let measuredAt = 0;
  let measuredBytes = 0;
  function begin(at: number, bytes: number): void {
    measuredAt = at;
    measuredBytes = bytes;
  }
  return {
    measure(bytes) {
      const now = performance.now();
      if (measuredAt === 0 || bytes < measuredBytes) begin(now, bytes);
      else if (now - measuredAt > 1000) {
        const speed = ((bytes - measuredBytes) * 1000) / (now - measuredAt);
        bytesPerSecond = bytesPerSecond ? bytesPerSecond * (1 - fresh) + speed * fresh : speed;
        begin(now, bytes);
      }
      return bytesPerSecond;
    },
    rest() {
      bytesPerSecond = 0;
      measuredAt = 0;
    },
  };
}
