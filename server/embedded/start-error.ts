/**
 * Why the server cannot start, for the person at its console: what is wrong and what to do about it.
 * It never reaches a client, so it has no code of the API.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly problem: string;
  readonly remedy: string;

  constructor(problem: string, remedy: string, options: { cause?: unknown } = {}) {
    super(`${problem}\n${remedy}`, options);
    this.problem = problem;
    this.remedy = remedy;
  }
}
