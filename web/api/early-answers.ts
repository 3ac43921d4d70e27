interface EarlyAnswer {
  /** Null: it was not asked after all. */
  answer: Promise<Response | null>;
  controller: AbortController;
}

declare global {
  /** What public/early.js has asked before there was this script, by address. */
  var earlyAnswers: Map<string, EarlyAnswer> | undefined;
}

/** `fetch`, but for the first to ask what has been asked early: it gets that answer, and nobody gets it again. */
export const fetchOnce: typeof fetch = async (input, init) => {
  const address = typeof input === 'string' && init?.method === 'GET' ? input : '';
  const early = globalThis.earlyAnswers?.get(address);
  if (!early) return fetch(input, init);
  globalThis.earlyAnswers?.delete(address);
  const { answer, controller } = early;
  const signal = init?.signal;
  if (signal?.aborted) controller.abort(signal.reason);
  else signal?.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  return (await answer) ?? fetch(input, init);
};

/** What nobody has asked for is thrown away: later it would be old, or another person's. */
export function forgetEarlyAnswers(): void {
  const answers = globalThis.earlyAnswers;
  for (const { controller } of answers?.values() ?? []) controller.abort();
  answers?.clear();
}
