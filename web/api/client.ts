import { type ClientResponse, hc, parseResponse } from 'hono/client';
import type { AppType, Problem } from '../../server/api.ts';
import { fetchOnce } from './early-answers.ts';
import { ApiError, isAborted, refusalOf } from './problem.ts';

/** The typed client of our own API. Only the modules of this folder call it. */
export const client = hc<AppType>('/', { fetch: fetchOnce }).api;

/** Heard by main.ts: the sign-in has ended while a page was open. */
export const signedOutEvent = 'tongke:signed-out';

/** The response itself, where its body is no JSON. @throws ApiError as `answer` does */
export async function accepted<T extends Pick<Response, 'json' | 'ok' | 'status'>>(request: Promise<T>): Promise<T> {
  let response: T;
  try {
    response = await request;
  } catch (cause) {
    if (isAborted(cause)) throw cause;
    throw new ApiError('offline', 0, null, cause);
  }
  if (response.ok) return response;
  const refusal = await refusalOf(response);
  if (refusal.code === 'not_signed_in') dispatchEvent(new Event(signedOutEvent));
  throw refusal;
}

/** The body of what is not a refusal; every route's type also names the refusals, which are thrown. */
export type Answer<T extends ClientResponse<unknown>> = Exclude<Awaited<ReturnType<typeof parseResponse<T>>>, Problem>;

/** What the API answered. @throws ApiError for every refusal, with code `offline` when nothing answered at all. */
export function answer<T extends ClientResponse<unknown>>(request: Promise<T>): Promise<Answer<T>> {
  return parseResponse(accepted(request)) as Promise<Answer<T>>;
}
