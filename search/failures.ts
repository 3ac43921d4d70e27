import { MeilisearchApiError, MeilisearchRequestError } from 'meilisearch';
import { ZodError } from 'zod';
import { SearchRefusedError, SearchUnavailableError } from './search-index.ts';

/** What it answered. The client takes a refusal for a question that failed, and gives it as its cause. */
function answerOf(error: unknown): MeilisearchApiError | undefined {
  const answer = error instanceof MeilisearchRequestError ? error.cause : error;
  return answer instanceof MeilisearchApiError ? answer : undefined;
}

/** Whether Meilisearch answered with this code (https://www.meilisearch.com/docs/reference/errors/error_codes). */
export function isAnswer(error: unknown, code: string): boolean {
  return answerOf(error)?.cause?.code === code;
}

// It is there, but not for us or not now: signed out, forbidden, timed out, too busy.
const passingStatuses = new Set([401, 403, 408, 429]);

/** What a caller can act on: the index is away, or it will never take this. Other errors stay as they are. */
export function translateFailure(error: unknown): unknown {
  if (isAnswer(error, 'index_not_found')) {
    return new SearchUnavailableError('The search index has not been built yet.', { cause: error });
  }
  const answer = answerOf(error);
  if (answer) {
    const { status } = answer.response;
    return status >= 500 || passingStatuses.has(status)
      ? new SearchUnavailableError(`Meilisearch answered ${status}.`, { cause: error })
      : new SearchRefusedError(`Meilisearch refused: ${answer.cause?.code ?? status}`, { cause: error });
  }
  if (error instanceof MeilisearchRequestError) {
    // A proxy's page in place of an answer is no JSON.
    const message =
      error.cause instanceof SyntaxError
        ? 'Something else than Meilisearch answered.'
        : 'Meilisearch cannot be reached.';
    return new SearchUnavailableError(message, { cause: error });
  }
  if (error instanceof ZodError) {
    return new SearchRefusedError('The index holds documents of another shape; rebuild it.', { cause: error });
  }
  return error;
}
