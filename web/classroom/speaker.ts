import { onScopeDispose, type Ref, ref } from 'vue';

/** Whether this page may make sound without being touched first; null while the browser has not said. */
export function useSpeaker(): { ready: Readonly<Ref<boolean | null>> } {
  const ready = ref<boolean | null>(null);
  const context = new AudioContext();
  const settleMs = 1500;

  function look(): void {
    ready.value = context.state === 'running';
  }
  const touch = (): void => void context.resume();
  context.addEventListener('statechange', look);
  document.addEventListener('pointerdown', touch);
  document.addEventListener('keydown', touch);
  void context.resume();
  const timer = setTimeout(look, settleMs);
  onScopeDispose(() => {
    clearTimeout(timer);
    context.removeEventListener('statechange', look);
    document.removeEventListener('pointerdown', touch);
    document.removeEventListener('keydown', touch);
    void context.close();
  });
  return { ready };
}
