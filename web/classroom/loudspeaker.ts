import { onScopeDispose, type Ref, ref } from 'vue';

/**
 * Whether a loudspeaker that was there is there no more (W3C Audio Output Devices). That there was none from the beginning is
 * nothing to go by: not every browser names them.
 */
export function useLoudspeaker(): { gone: Readonly<Ref<boolean>> } {
  const gone = ref(false);
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const life = new AbortController();
  let had = false;

  async function look(): Promise<void> {
    const all = (await devices?.enumerateDevices()) ?? [];
    const has = all.some(({ kind }) => kind === 'audiooutput');
    had ||= has;
    gone.value = had && !has;
  }
  devices?.addEventListener('devicechange', () => void look(), life);
  void look();
  onScopeDispose(() => life.abort());
  return { gone };
}
