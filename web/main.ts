import { createApp, nextTick } from 'vue';
import App from './App.vue';
import { signedOutEvent } from './api/client.ts';
import { forgetEarlyAnswers } from './api/early-answers.ts';
import { createDownloads, downloadsKey } from './download/downloads.ts';
import { createWords, wordsKey } from './locales/i18n.ts';
import { createPages } from './router.ts';
import { createNetwork, networkKey } from './state/network.ts';
import { createSession, sessionKey } from './state/session.ts';
import { recall, remember } from './state/tab-memory.ts';
import { createTheme, themeKey } from './state/theme.ts';
import { createToasts, toastsKey } from './state/toasts.ts';
import { createUploads, uploadsKey } from './upload/uploads.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';

const session = createSession();
const uploads = createUploads({ session });
const toasts = createToasts();
const againMs = 3_000;
const reloaded = 'reloaded';

/** Whether a reload would bring a page, and not the browser's own word that there is no network. */
async function serverAnswers(): Promise<boolean> {
  if (!navigator.onLine) return false;
  return fetch('/', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
}

// A page's script is gone when the server was updated meanwhile: the newer version is loaded, once.
addEventListener('vite:preloadError', () => {
  if (uploads.items.value.length > 0 || recall(reloaded)) return;
  void serverAnswers().then((answers) => {
    if (!answers) return;
    remember(reloaded, true);
    // Where nothing can be remembered it would reload for ever.
    if (recall(reloaded)) location.reload();
  });
});

/** The words of a language are a script of their own. A browser remembers that it could not load one, a reload forgets it. */
async function wordsAtLast(): ReturnType<typeof createWords> {
  try {
    return await createWords();
  } catch {
    do await new Promise((resolve) => setTimeout(resolve, againMs));
    while (!(await serverAnswers()));
    location.reload();
    return new Promise(() => undefined);
  }
}

/** Whoever is signed in is known at the first drawing, unless the server takes this long; then the page says so. */
const patienceMs = 3_000;
const asked = session.ready().catch(() => undefined);
const late = new Promise<void>((resolve) => setTimeout(resolve, patienceMs));
const [words] = await Promise.all([wordsAtLast(), Promise.race([asked, late])]);
const downloads = createDownloads({ session, words });
const pages = createPages(session, words);

addEventListener(signedOutEvent, () => {
  // A room's screen says by itself that it is no longer the room; a password is never asked for there.
  if (!session.actor.value || pages.currentRoute.value.meta.for === 'anyone') return;
  const next = pages.currentRoute.value.fullPath;
  // The page that is open cannot be drawn for nobody.
  void pages.push({ path: '/sign-in', query: { next } }).finally(() => {
    session.forget();
    toasts.say(words.text('account.signIn.ended', {}));
  });
});

pages.afterEach(() => remember(reloaded, null));

createApp(App)
  .use(pages)
  .provide(wordsKey, words)
  .provide(sessionKey, session)
  .provide(themeKey, createTheme())
  .provide(networkKey, createNetwork())
  .provide(toastsKey, toasts)
  .provide(uploadsKey, uploads)
  .provide(downloadsKey, downloads)
  .mount('#app');

// A page asks for what it shows when it is drawn.
void pages.isReady().then(nextTick).finally(forgetEarlyAnswers);
