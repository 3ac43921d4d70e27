import { type InjectionKey, type Ref, ref } from 'vue';
import { injected } from './injection.ts';

export interface Toast {
  id: number;
  tone: 'plain' | 'good' | 'bad';
  words: string;
}

export interface Toasts {
  shown: Readonly<Ref<Toast[]>>;
  say(words: string, tone?: Toast['tone']): void;
  dismiss(id: number): void;
}

const lastsMs = 6000;
export const toastsKey: InjectionKey<Toasts> = Symbol('toasts');
export const useToasts = (): Toasts => injected(toastsKey);

export function createToasts(): Toasts {
  const shown = ref<Toast[]>([]);
  let nextId = 1;
  const dismiss = (id: number): void => {
    shown.value = shown.value.filter((toast) => toast.id !== id);
  };
  return {
    shown,
    dismiss,
    say(words, tone = 'plain') {
      const id = nextId++;
      shown.value = [...shown.value.slice(-2), { id, tone, words }];
      setTimeout(() => dismiss(id), lastsMs);
    },
  };
}
