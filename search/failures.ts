import { MeilisearchApiError, MeilisearchRequestError } from 'meilisearch';
import { ZodError } from 'zod';
import { SearchRefusedError, SearchUnavailableError } from './search-index.ts';

/** Whether Meilisearch answered with this code (https://www.meilisearch.com/docs/reference/errors/error_codes). */
export function isAnswer(error: unknown, code: string): boolean {
  return error instanceof MeilisearchApiError && error.cause?.code === code;
}

// It is there, but not for us or not now: signed out, forbidden, timed out, too busy.
const passingStatuses = new Set([401, 403, 408, 429]);

/** What a caller can act on: the index is away, or it will never take this. Other errors stay as they are. */
export function translateFailure(error: unknown): unknown {
  if (error instanceof MeilisearchRequestError) {
    return new SearchUnavailableError('Meilisearch cannot be reached.', { cause: error });
  }
  if (isAnswer(error, 'index_not_found')) {
    return new SearchUnavailableError('The search index has not been built yet.', { cause: error });
  }
  if (error instanceof MeilisearchApiError) {
    const { status } = error.response;
    return status >= 500 || passingStatuses.has(status)
      ? new SearchUnavailableError(`Meilisearch answered ${status}.`, { cause: error })
      : new SearchRefusedError(`Meilisearch refused: ${error.cause?.code ?? status}`, { cause: error });
  }
  // A proxy's page in place of an answer is no JSON.
  if (error instanceof SyntaxError) {
    return new SearchUnavailableError('Something else than Meilisearch answered.', { cause: error });
  }
  if (error instanceof ZodError) {
    return new SearchRefusedError('The index holds documents of another shape; rebuild it.', { cause: error });
  }
  return error;
}
