import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** A user of this machine, by number; it needs no entry in /etc/passwd. */
export interface User {
  uid: number;
  gid: number;
}

/** Who owns nothing but the embedded PostgreSQL, perhaps; only where no others can be had. */
export const NOBODY: User = { uid: 65_534, gid: 65_534 };

/** Numbers that neither Debian nor systemd gives to anybody. */
const FIRST = 61_000;
const COUNT = 128;

/** Whether a container's table of users, `inside outside count` a line, has all of our numbers. */
export function hasOurNumbers(map: string): boolean {
  return map.split('\n').some((line) => {
    const [inside = Number.NaN, , count = Number.NaN] = line.trim().split(/\s+/).map(Number);
    return inside <= FIRST && inside + count >= FIRST + COUNT;
  });
}

export interface Users {
  /** Somebody for whom nobody works now, where there are enough. */
  take(): User;
  /** Its job is over. */
  giveBack(user: User): void;
}

const nobody: Users = { take: () => NOBODY, giveBack: () => undefined };

/** Of this process: whoever ends what a job left behind must not end the job of another. */
const working = new Set<number>();
let last = randomInt(COUNT);
const ours: Users = {
  take() {
    for (let tries = 0; tries < COUNT; tries += 1) {
      last = (last + 1) % COUNT;
      if (!working.has(FIRST + last)) break;
    }
    working.add(FIRST + last);
    return { uid: FIRST + last, gid: FIRST + last };
  },
  giveBack: ({ uid }) => void working.delete(uid),
};

/**
 * Gives each job a user of its own, so that converters can neither read nor signal one another, or PostgreSQL, and the
 * kernel counts the processes of each for itself.
 * @returns null when we are not root: then all run as who we are
 */
export async function openUsers(): Promise<Users | null> {
  if (process.getuid?.() !== 0) return null;
  const maps = await Promise.all([readFile('/proc/self/uid_map', 'utf8'), readFile('/proc/self/gid_map', 'utf8')]);
  return maps.every(hasOurNumbers) ? ours : nobody;
}
