import type { Logger } from 'pino';
import { ClassroomError } from './errors.ts';
import { type Signed, tokenLifetimeMs } from './token.ts';

/** About 10 MB, and more than a node could let in before the first of them has expired. */
const mostRemembered = 100_000;
const sweepEveryMs = 1_000;

/**
 * The tokens that this node was shown. A token is used by being shown, whatever came of it: who was refused for a
 * passing reason asks the API for another, and a copy (of a log, over a shoulder) is worth nothing.
 * Only what was verified is kept, and only for as long as it would be taken.
 */
export class UsedTokens {
  readonly #log: Logger;
  readonly #most: number;
  /** By token id. */
  readonly #goodUntil = new Map<string, number>();
  readonly #begunAt = Date.now();
  readonly #begun = performance.now();
  #swept = performance.now();

  constructor(log: Logger, most = mostRemembered) {
    this.#log = log;
    this.#most = most;
  }

  /**
   * @param holder whose token it is, for the log
   * @throws ClassroomError `token_used`; `too_many_requests` when no more can be remembered, which leaves the token good
   */
  use({ tokenId, signedAt, goodUntil }: Omit<Signed<unknown>, 'claims'>, holder: string, now = Date.now()): void {
    if (this.#goodUntil.has(tokenId)) {
      this.#log.warn({ holder }, 'a token was shown a second time');
      throw new ClassroomError('token_used');
    }
    if (this.#mayBeOfBefore(signedAt)) throw new ClassroomError('token_used');
    this.#sweep(now);
    if (this.#goodUntil.size >= this.#most) throw new ClassroomError('too_many_requests');
    this.#goodUntil.set(tokenId, goodUntil);
  }

  /**
   * What was used at a node that ran here before is not known: what was signed before this one began counts as used.
   * Only while there can be such a token, so that nobody stays out when the clock is set back later.
   */
  #mayBeOfBefore(signedAt: number): boolean {
    return signedAt < this.#begunAt && performance.now() - this.#begun < tokenLifetimeMs;
  }

  #sweep(now: number): void {
    if (performance.now() - this.#swept < sweepEveryMs && this.#goodUntil.size < this.#most) return;
    this.#swept = performance.now();
    for (const [tokenId, goodUntil] of this.#goodUntil) if (goodUntil < now) this.#goodUntil.delete(tokenId);
  }
}
