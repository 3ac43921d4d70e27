import { type InjectionKey, type Ref, ref } from 'vue';
import { injected } from './injection.ts';

export interface Network {
  online: Ref<boolean>;
}

export const networkKey: InjectionKey<Network> = Symbol('network');
export const useNetwork = (): Network => injected(networkKey);

export function createNetwork(): Network {
  const online = ref(navigator.onLine);
  addEventListener('online', () => {
    online.value = true;
  });
  addEventListener('offline', () => {
    online.value = false;
  });
  return { online };
}
