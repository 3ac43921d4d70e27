import { type Component, type ComputedRef, computed, type InjectionKey, type ShallowRef, shallowRef, watch } from 'vue';
import { fileAddress } from '../api/files.ts';
import { ApiError } from '../api/problem.ts';
import type { Words } from '../locales/i18n.ts';
import { injected } from '../state/injection.ts';
import type { Session } from '../state/session.ts';
import { readSetting, writeSetting } from '../state/settings.ts';
import type { DownloadItem, Keeper } from './keeper.ts';

/** Downloads that go on by themselves when a line was cut, the page loaded anew or the browser closed. */
export interface Downloads {
  items: ComputedRef<readonly DownloadItem[]>;
  /** What shows them, and what does them. Null before anything was downloaded: their scripts come with the first, and before its first byte. */
  tray: Readonly<ShallowRef<Component | null>>;
  keeper: Readonly<ShallowRef<Keeper | null>>;
  /** @throws ApiError when the file is not given */
  start(fileId: string): Promise<void>;
  /** Ends them and leaves nothing of them in this browser, which others may use as well. */
  clear(): Promise<void>;
}

export const downloadsKey: InjectionKey<Downloads> = Symbol('downloads');
export const useDownloads = (): Downloads => injected(downloadsKey);

/** Of a smaller one little is lost when it has to begin anew, and the browser's own download is the simpler one. */
export const smallestKept = 1024 * 1024;
/** A browser inside another app (WeChat, QQ, DingTalk) saves nothing itself; it hands an address on to one that does. */
const isInsideApp = (): boolean => /MicroMessenger|QQ\/|DingTalk/.test(navigator.userAgent);
/** Whether this browser keeps anything; a page that never downloads need not look. */
const setting = 'downloads';
/** What was left begins once the page is there. */
const afterMs = 2000;

export interface DownloadsOptions {
  session: Pick<Session, 'account'>;
  words: Pick<Words, 'whole'>;
}

export function createDownloads({ session, words }: DownloadsOptions): Downloads {
  const tray = shallowRef<Component | null>(null);
  const keeper = shallowRef<Keeper | null>(null);
  let opening: Promise<Keeper> | null = null;
  /** When those of the account before have kept what they had. */
  let closed = Promise.resolve();
  let whose: string | null = null;

  async function open(owner: string): Promise<Keeper> {
    const scripts = [import('./keeper.ts'), import('./DownloadTray.vue'), words.whole()] as const;
    const [{ openKeeper }, { default: shown }] = await Promise.all(scripts);
    await closed;
    const opened = await openKeeper(owner);
    tray.value = shown;
    if (whose === owner) keeper.value = opened;
    else closed = opened.close();
    return opened;
  }

  /** One for all who ask; a failure is not kept. */
  function opened(owner: string): Promise<Keeper> {
    opening ??= open(owner).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  watch(
    () => session.account.value?.id ?? null,
    (id) => {
      closed = keeper.value?.close() ?? closed;
      [keeper.value, opening, whose] = [null, null, id];
      if (id === null || readSetting(setting) === null) return;
      // Nobody waits for it; the next download opens it, too.
      setTimeout(() => {
        if (whose === id) opened(id).catch(() => undefined);
      }, afterMs);
    },
    // At once: nothing of the person before may go on.
    { immediate: true, flush: 'sync' },
  );

  async function clear(): Promise<void> {
    if (whose === null || readSetting(setting) === null) return;
    // A browser that keeps nothing has nothing to leave.
    const left = await opened(whose).catch(() => null);
    await left?.clear();
  }

  return {
    clear,
    items: computed(() => keeper.value?.items.value ?? []),
    tray,
    keeper,
    async start(fileId) {
      const taken = whose !== null && (await kept(whose, fileId));
      if (!taken) (await import('./hand-over.ts')).follow(fileAddress.download(fileId));
    },
  };

  /** Whether it is on its way; where this browser keeps nothing its own download is what there is. */
  async function kept(owner: string, fileId: string): Promise<boolean> {
    if (isInsideApp()) return false;
    writeSetting(setting, 'kept');
    try {
      return await (await opened(owner)).start(fileId);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      reportError(error);
      return false;
    }
  }
}
