/** Which of the pages of this browser receives a file. A page that is gone holds nothing any more. */
export interface Holds {
  /** @returns false where another page has it. */
  take(fileId: string): Promise<boolean>;
  /** Takes it as soon as the other page is gone, or has done with it. */
  whenFree(fileId: string, taken: () => void): void;
  leave(fileId: string): void;
  leaveAll(): void;
}

/** Web Locks (https://w3c.github.io/web-locks/). Without HTTPS there are none: two pages may then receive the same, and no more than that. */
export function createHolds(): Holds {
  const locks: LockManager | undefined = navigator.locks;
  const held = new Map<string, () => void>();
  const life = new AbortController();
  const nameOf = (fileId: string) => `tongke-download ${fileId}`;
  const untilLeft = (fileId: string) => new Promise<void>((leave) => held.set(fileId, leave));
  function leave(fileId: string): void {
    held.get(fileId)?.();
    held.delete(fileId);
  }

  return {
    async take(fileId) {
      if (!locks || held.has(fileId)) return true;
      return await new Promise<boolean>((resolve) => {
        void locks.request(nameOf(fileId), { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : untilLeft(fileId);
        });
      });
    },
    whenFree(fileId, taken) {
      locks
        ?.request(nameOf(fileId), { signal: life.signal }, () => {
          taken();
          return untilLeft(fileId);
        })
        // It is not waited for any more.
        .catch(() => undefined);
    },
    leave,
    leaveAll() {
      life.abort();
      for (const fileId of held.keys()) leave(fileId);
    },
  };
}
