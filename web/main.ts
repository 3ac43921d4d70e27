import { createApp } from 'vue';
import App from './App.vue';
import { signedOutEvent } from './api/client.ts';
import { createWords } from './locales/i18n.ts';
import { createPages } from './router.ts';
import { createNetwork, networkKey } from './state/network.ts';
import { createSession, sessionKey } from './state/session.ts';
import { createTheme, themeKey } from './state/theme.ts';
import { createToasts, toastsKey } from './state/toasts.ts';
import { createUploads, uploadsKey } from './upload/uploads.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';

const session = createSession();
const [words] = await Promise.all([createWords(), session.ready().catch(() => undefined)]);
const pages = createPages(session);
const uploads = createUploads(session);

addEventListener(signedOutEvent, () => {
  if (!session.actor.value) return;
  session.forget();
  void pages.push({ path: '/sign-in', query: { next: pages.currentRoute.value.fullPath } });
});

// A page's script is gone when the server was updated meanwhile: the newer version is loaded, once.
addEventListener('vite:preloadError', (event) => {
  if (uploads.busy.value || sessionStorage.getItem('tongke.reloaded')) return;
  event.preventDefault();
  sessionStorage.setItem('tongke.reloaded', '1');
  location.reload();
});
pages.afterEach(() => sessionStorage.removeItem('tongke.reloaded'));

createApp(App)
  .use(words)
  .use(pages)
  .provide(sessionKey, session)
  .provide(themeKey, createTheme())
  .provide(networkKey, createNetwork())
  .provide(toastsKey, createToasts())
  .provide(uploadsKey, uploads)
  .mount('#app');
