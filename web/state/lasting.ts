import { onScopeDispose, type Ref, ref, watch } from 'vue';

/** True once something has been so for a while; what only passes is not spoken of. */
export function useLasting(isSo: () => boolean, forMs: number): Readonly<Ref<boolean>> {
  const lasting = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    isSo,
    (so) => {
      clearTimeout(timer);
      lasting.value = false;
      if (!so) return;
      timer = setTimeout(() => {
        lasting.value = true;
      }, forMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return lasting;
}
