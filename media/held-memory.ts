/** When sink and disk are both full or away, so much is held in memory: more of it would end the lessons themselves. */
const mostBytes = 256 * 1_048_576;

/** The room for what waits in memory, shared by all recordings of a node. */
export type HeldMemory = {
  /** @returns false, and takes nothing, when there is no room */
  take(bytes: number): boolean;
  release(bytes: number): void;
};

/** @param most default: 256 MiB */
export function createHeldMemory(most = mostBytes): HeldMemory {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > most) return false;
      held += bytes;
      return true;
    },
    release(bytes) {
      held -= bytes;
    },
  };
}
