import { type InjectionKey, inject } from 'vue';

/** Injects what main.ts provided; a missing provider is a wiring mistake and says so. */
export function injected<T>(key: InjectionKey<T>): T {
  const value = inject(key);
  if (value === undefined) throw new Error(`Nothing was provided for ${key.description}.`);
  return value;
}
