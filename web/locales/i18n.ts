import { type InjectionKey, type Ref, ref, shallowRef } from 'vue';
import { injected } from '../state/injection.ts';
import { readSetting, writeSetting } from '../state/settings.ts';
import { fillIn } from './fill-in.ts';

const locales = ['zh-CN', 'en'] as const;
export type Locale = (typeof locales)[number];

type Tree = { readonly [key: string]: string | Tree };
type Load = () => Promise<{ messages: Tree }>;

/** Scripts of their own, so that nobody loads words they do not read. */
const load: Record<Locale, { opening: Load; further: Load }> = {
  'zh-CN': { opening: () => import('./zh-CN/opening.ts'), further: () => import('./zh-CN/further.ts') },
  en: { opening: () => import('./en/opening.ts'), further: () => import('./en/further.ts') },
};

/** The words of the interface in the language that is on. */
export interface Words {
  readonly locale: Readonly<Ref<Locale>>;
  /** The key itself where there are no words for it. */
  text(key: string, named: Record<string, unknown>, count?: number): string;
  /** Resolves when the words of all pages are there, and not only those of the library. */
  whole(): Promise<void>;
  switchTo(locale: Locale): Promise<void>;
}

export const wordsKey: InjectionKey<Words> = Symbol('words');
export const useWords = (): Words => injected(wordsKey);

function preferred(): Locale {
  const stored = locales.find((locale) => locale === readSetting('locale'));
  if (stored) return stored;
  // Chinese is the first language: only a browser that asks for English before any Chinese gets English.
  const asked = navigator.languages.find((tag) => tag.startsWith('zh') || tag.startsWith('en'));
  return asked?.startsWith('en') ? 'en' : 'zh-CN';
}

function find(tree: Tree, key: string): string | undefined {
  let found: Tree | string | undefined = tree;
  for (const name of key.split('.')) found = typeof found === 'object' ? found[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** Resolves when the library can be drawn. */
export async function createWords(): Promise<Words> {
  const locale = ref(preferred());
  const messages = shallowRef<Tree>({});
  let isWhole = false;

  async function show(next: Locale, whole: boolean): Promise<void> {
    const { opening, further } = load[next];
    const parts = await Promise.all(whole ? [opening(), further()] : [opening()]);
    isWhole = whole;
    messages.value = Object.assign({}, ...parts.map((part) => part.messages));
    locale.value = next;
    document.documentElement.lang = next;
  }

  /** One after the other: the language may be switched while the words of all pages are on their way. */
  let last = show(locale.value, false);
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work, work);
    return last;
  };

  await last;
  return {
    locale,
    text(key, named, count) {
      const message = find(messages.value, key);
      return message === undefined ? key : fillIn(message, named, count);
    },
    whole: () => inTurn(async () => (isWhole ? undefined : show(locale.value, true))),
    async switchTo(next) {
      await inTurn(() => show(next, isWhole));
      writeSetting('locale', next);
    },
  };
}
