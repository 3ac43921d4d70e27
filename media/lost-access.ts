import { ClassroomError } from './errors.ts';

/** Who has lost access, and when: what was signed for them before is worth nothing, however young it is. */
export class LostAccess {
  readonly #lostAt = new Map<string, number>();
  readonly #keptMs: number;

  /** @param keptMs how long any token is good */
  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  add(holderId: string, at = Date.now()): void {
    for (const [id, lostAt] of this.#lostAt) if (at - lostAt > this.#keptMs) this.#lostAt.delete(id);
    this.#lostAt.set(holderId, at);
  }

  /** @throws ClassroomError `token_invalid` for what was signed before */
  refuse(holderId: string, signedAt: number): void {
    const lostAt = this.#lostAt.get(holderId);
    if (lostAt !== undefined && signedAt <= lostAt) throw new ClassroomError('token_invalid');
  }
}
