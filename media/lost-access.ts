import { ClassroomError } from './errors.ts';
import type { JoinClaims } from './token.ts';

/** Which seats of an account or a device are lost; without more, all of them. */
export type LostSeats = {
  /** Those in these class sessions. */
  classSessionIds?: ReadonlySet<string>;
  /** Not those that this sign-in has taken. */
  exceptSignInId?: string | undefined;
};

/** Of seats that the same account or device has taken. */
export function isLost(claims: JoinClaims, { classSessionIds, exceptSignInId }: LostSeats): boolean {
  if (classSessionIds?.has(claims.classSessionId) === false) return false;
  return exceptSignInId === undefined || !('signInId' in claims) || claims.signInId !== exceptSignInId;
}

/**
 * Who has lost access, and when: what was signed for them before is worth nothing, however young it is. The same of a class
 * session: who may be what in it has changed.
 */
export class LostAccess {
  readonly #lostAt = new Map<string, number>();
  readonly #keptMs: number;

  /** @param keptMs how long any token is good */
  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  add(id: string, at = Date.now()): void {
    for (const [other, lostAt] of this.#lostAt) if (at - lostAt > this.#keptMs) this.#lostAt.delete(other);
    this.#lostAt.set(id, at);
  }

  /** @throws ClassroomError `token_invalid` for what was signed before */
  refuse(id: string, signedAt: number): void {
    const lostAt = this.#lostAt.get(id);
    if (lostAt !== undefined && signedAt <= lostAt) throw new ClassroomError('token_invalid');
  }
}
