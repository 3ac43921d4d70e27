// Runs before the first paint, so that a dark page never flashes white. state/theme.ts keeps the choice afterwards.
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
