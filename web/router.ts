import type { Component } from 'vue';
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import type { Role } from './api/types.ts';
import type { Words } from './locales/i18n.ts';
import type { TextKey } from './locales/text.ts';
import Library from './pages/Library.vue';
import { managers, type Session } from './state/session.ts';

declare module 'vue-router' {
  interface RouteMeta {
    title: TextKey;
    /** `account` unless said otherwise; `anyone` needs no sign-in. */
    for?: 'anyone' | 'account';
    roles?: readonly Role[];
    /** `bare`: the whole window, no header. `dark`: the same, always dark, for the classroom. */
    frame?: 'bare' | 'dark';
  }
}

type Page = () => Promise<{ default: Component }>;

/** A page that is taught in, or why it cannot be in this browser. */
const taughtIn =
  (page: Page): Page =>
  async () => {
    // Both at once: on a slow line each question is a wait.
    const [{ showsLessons }, wanted] = await Promise.all([import('./classroom/browser-support.ts'), page()]);
    return showsLessons() ? wanted : import('./pages/BrowserTooOld.vue');
  };

const classroom: RouteRecordRaw[] = [
  { path: '/timetable', component: () => import('./pages/Timetable.vue'), meta: { title: 'common.nav.timetable' } },
  {
    path: '/sessions/new',
    component: () => import('./pages/SessionForm.vue'),
    meta: { title: 'common.nav.timetable' },
  },
  {
    path: '/sessions/:id',
    component: () => import('./pages/Session.vue'),
    props: true,
    meta: { title: 'common.nav.timetable' },
  },
  {
    path: '/sessions/:id/edit',
    component: () => import('./pages/SessionForm.vue'),
    props: true,
    meta: { title: 'common.nav.timetable' },
  },
  {
    path: '/studio/:id',
    component: taughtIn(() => import('./pages/Studio.vue')),
    props: true,
    meta: { title: 'common.nav.timetable', frame: 'dark' },
  },
  {
    path: '/observe/:id',
    component: taughtIn(() => import('./pages/SessionObserve.vue')),
    props: true,
    meta: { title: 'common.nav.timetable', frame: 'dark' },
  },
  {
    path: '/assist',
    component: () => import('./pages/Assist.vue'),
    meta: { title: 'classroom.assistant.title', for: 'anyone', frame: 'dark' },
  },
  {
    path: '/room',
    component: taughtIn(() => import('./pages/Room.vue')),
    meta: { title: 'common.brand', for: 'anyone', frame: 'dark' },
  },
];

const routes: RouteRecordRaw[] = [
  // Where nearly everybody arrives, so it comes with the first script.
  { path: '/', component: Library, meta: { title: 'common.nav.library' } },
  {
    path: '/catalog/:id',
    component: () => import('./pages/CatalogPlace.vue'),
    props: true,
    meta: { title: 'common.nav.library' },
  },
  {
    path: '/resources/:id',
    component: () => import('./pages/Resource.vue'),
    props: true,
    meta: { title: 'common.nav.library' },
  },
  {
    path: '/resources/:id/edit',
    component: () => import('./pages/ResourceEdit.vue'),
    props: true,
    meta: { title: 'resource.edit.title' },
  },
  { path: '/upload', component: () => import('./pages/Upload.vue'), meta: { title: 'common.nav.upload' } },
  { path: '/mine', component: () => import('./pages/Mine.vue'), meta: { title: 'common.nav.mine' } },
  {
    path: '/admin/:tab(accounts|rooms|timetable|recordings|schools|catalog|synonyms|audit|system)?',
    component: () => import('./pages/Administration.vue'),
    props: true,
    meta: { title: 'common.nav.admin.school', roles: managers },
  },
  {
    path: '/sign-in',
    component: () => import('./pages/SignIn.vue'),
    meta: { title: 'account.signIn.title', for: 'anyone', frame: 'bare' },
  },
  {
    path: '/setup',
    component: () => import('./pages/Setup.vue'),
    meta: { title: 'setup.title', for: 'anyone', frame: 'bare' },
  },
  // Whoever scans a screen's code and may not confirm it is told so by the page itself.
  { path: '/enrol', component: () => import('./pages/Enrol.vue'), meta: { title: 'admin.enrol.title' } },
  ...classroom,
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('./pages/NotFound.vue'),
    meta: { title: 'common.notFound.title', for: 'anyone' },
  },
];

/** A page only opens for whom it is; everyone else is led to where they can go on. */
export function createPages(session: Session, words: Words): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    // A search that changes in place keeps its scroll position.
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  });
  router.beforeEach(async (to) => {
    if (to.meta.for === 'anyone') return true;
    await session.ready();
    const actor = session.actor.value;
    if (!actor) return { path: '/sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
    if (actor.kind === 'device') return '/room';
    if (to.meta.roles && !to.meta.roles.includes(actor.account.role)) {
      return { name: 'not-found', params: { path: to.path.slice(1).split('/') }, query: to.query, replace: true };
    }
    return true;
  });
  // The words of all pages but the library come while the page's script does.
  const coming = (path: string): Promise<void> => (path === '/' ? Promise.resolve() : words.whole());
  router.beforeEach((to) => {
    // Asked for again below, where a failure counts.
    coming(to.path).catch(() => undefined);
  });
  router.beforeResolve((to) => coming(to.path));
  return router;
}
