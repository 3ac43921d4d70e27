import { ClassroomError } from './errors.ts';

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
