import { type InjectionKey, type Ref, ref, watch } from 'vue';
import { injected } from './injection.ts';
import { readSetting, writeSetting } from './settings.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

export interface Theme {
  choice: Ref<ThemeChoice>;
}

const key: InjectionKey<Theme> = Symbol('theme');
export const themeKey = key;
export const useTheme = (): Theme => injected(key);

/** Keeps `data-theme` on <html> in step with the choice and the system; early.js set it before the first paint. */
export function createTheme(): Theme {
  const stored = readSetting('theme');
  const choice = ref<ThemeChoice>(stored === 'light' || stored === 'dark' ? stored : 'system');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const dark = choice.value === 'dark' || (choice.value === 'system' && system.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', dark ? '#131918' : '#faf9f5');
  };
  system.addEventListener('change', apply);
  watch(choice, (next) => {
    writeSetting('theme', next);
    apply();
  });
  apply();
  return { choice };
}
