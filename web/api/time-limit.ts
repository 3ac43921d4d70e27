/** Aborts after so many milliseconds; as `AbortSignal.timeout`, which the oldest browsers in use do not have. */
export function timeLimit(ms: number): AbortSignal {
  const limit = new AbortController();
  setTimeout(() => limit.abort(new DOMException('It took too long.', 'TimeoutError')), ms);
  return limit.signal;
}
