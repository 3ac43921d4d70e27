import { useWords } from './i18n.ts';
import type { Messages } from './zh-CN/index.ts';

type Leaves<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Leaves<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** Every key there is words for; a misspelt one does not compile. */
export type TextKey = Leaves<Messages>;
export type Translate = (key: TextKey, named?: Record<string, unknown>, plural?: number) => string;

export interface Text {
  t: Translate;
}

export function useText(): Text {
  const { text } = useWords();
  return {
    t: (key, named = {}, plural) => text(key, plural === undefined ? named : { n: plural, ...named }, plural),
  };
}
