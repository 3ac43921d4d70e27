// What cannot wait for the page's own script, which takes seconds on a thin line.

// Before the first paint, so that a dark page never flashes white. state/theme.ts keeps the choice afterwards.
(() => {
  let choice = 'system';
  try {
    choice = localStorage.getItem('tongke.theme') ?? 'system';
  } catch {
    choice = 'system'; // Storage may be forbidden; the system's preference serves.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();

// Who is here and, where that is somebody who will see the library, what its address searches for. The page asks the same
// and is given these answers by api/early-answers.ts; one that it does not ask for at once is thrown away.
(() => {
  const answers = new Map();
  globalThis.earlyAnswers = answers;

  /** `ask` is given a signal, and may resolve with null where it asks nothing. */
  function keep(address, ask) {
    const controller = new AbortController();
    const answer = ask(controller.signal);
    // Whoever takes it hears of its failure; nobody may.
    answer.catch(() => undefined);
    answers.set(address, { answer, controller });
    return answer;
  }

  /** As the page reads its address (library/search-state.ts) and asks for it (api/resources.ts). */
  function resultsAddress() {
    const given = Object.fromEntries(new URLSearchParams(location.search));
    const { q = '', sort = 'relevance', node, plain, ...filters } = given;
    const facets = 'kind,subject,edition,grade,volume';
    const query = new URLSearchParams({ q, sort, limit: '20', offset: '0', facets, ...filters });
    if (node) query.set('nodeId', node);
    if (plain) query.set('plain', plain);
    return `/api/resources?${query}`;
  }

  const asked = keep('/api/me', (signal) => fetch('/api/me', { signal }));
  if (location.pathname !== '/') return;
  const me = asked.then((response) => response.clone());
  const address = resultsAddress();
  keep(address, async (signal) => {
    const answer = await me;
    const isAccount = answer.ok && (await answer.json()).actor.kind === 'account';
    return isAccount ? fetch(address, { signal }) : null;
  });
})();
