import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hasUnstorableCharacter } from '../database/violation.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { traceOf } from '../log.ts';
import type { Problem } from './problem.ts';
import type { Env } from './route.ts';

const titles: Partial<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  422: 'Unprocessable Content',
  423: 'Locked',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

/** What the framework itself refuses: malformed JSON, a wrong content type, a body over the limit. */
const codeOfStatus: Partial<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'not_signed_in',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'type_not_allowed',
};

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException) return new AppError(codeOfStatus[error.status] ?? 'internal', { cause: error });
  if (hasUnstorableCharacter(error)) return new AppError('invalid_input', { cause: error });
  return new AppError('internal', { cause: error });
}

/** The answer to a failure: problem details (RFC 9457). The cause goes to the log and nowhere else. */
export function answerFailure(error: unknown, c: Context<Env>): Response {
  const failure = toAppError(error);
  const log = c.get('log');
  if (failure.status >= 500)
    log.error({ err: traceOf(failure.cause ?? failure), code: failure.code }, 'request failed');
  else log.debug({ err: failure.cause && traceOf(failure.cause), code: failure.code }, 'request refused');

  const problem: Problem = {
    type: `urn:tongke:problem:${failure.code}`,
    title: titles[failure.status] ?? 'Error',
    status: failure.status,
    code: failure.code,
    ...(failure.detail !== undefined && { detail: failure.detail }),
    ...(failure.errors !== undefined && { errors: failure.errors }),
    ...(failure.quota !== undefined && { quota: failure.quota }),
    requestId: c.get('requestId'),
  };
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
  };
  if (failure.retryAfterSeconds !== undefined) headers['retry-after'] = String(Math.ceil(failure.retryAfterSeconds));
  return c.body(JSON.stringify(problem), failure.status as ContentfulStatusCode, headers);
}
