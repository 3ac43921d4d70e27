import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import { readSetting, writeSetting } from '../state/settings.ts';
import { cameraConstraints, microphoneConstraints } from './sending-profiles.ts';

export type LocalKind = 'camera' | 'microphone';
/**
 * `insecure`: the page is not served over HTTPS. `denied`: the browser or the system forbids it. `missing`: none is
 * plugged in. `busy`: another program holds it. `lost`: it was pulled out.
 */
export type LocalState = 'off' | 'asking' | 'on' | 'insecure' | 'denied' | 'missing' | 'busy' | 'lost';

export interface LocalDevice {
  state: Readonly<Ref<LocalState>>;
  track: Readonly<ShallowRef<MediaStreamTrack | null>>;
  /** What there is to choose from; named only after permission was given. */
  choices: Readonly<ShallowRef<readonly MediaDeviceInfo[]>>;
  chosen: Ref<string>;
  open(): Promise<void>;
  close(): void;
}

const kinds = { camera: 'videoinput', microphone: 'audioinput' } as const;

function faultOf(error: unknown): LocalState {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'busy';
}

/**
 * This machine's camera or microphone: the one chosen last time, opened anew when the choice changes or it is plugged
 * in again. The choice is remembered in this browser.
 */
export function useLocalDevice(kind: LocalKind, music: () => boolean = () => false): LocalDevice {
  const state = ref<LocalState>('off');
  const track = shallowRef<MediaStreamTrack | null>(null);
  const choices = shallowRef<readonly MediaDeviceInfo[]>([]);
  const chosen = ref(readSetting(kind) ?? '');
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  let wanted = false;
  let turn = 0;

  async function list(): Promise<void> {
    if (!devices) return;
    const all = await devices.enumerateDevices();
    choices.value = all.filter((device) => device.kind === kinds[kind] && device.deviceId !== '');
  }

  function constraints(): MediaStreamConstraints {
    const wish = kind === 'camera' ? cameraConstraints : microphoneConstraints(music());
    const device = chosen.value === '' ? {} : { deviceId: { ideal: chosen.value } };
    return kind === 'camera' ? { video: { ...wish, ...device } } : { audio: { ...wish, ...device } };
  }

  function release(): void {
    track.value?.stop();
    track.value = null;
  }

  async function open(): Promise<void> {
    wanted = true;
    if (!devices) {
      state.value = 'insecure';
      return;
    }
    const mine = ++turn;
    if (!track.value) state.value = 'asking';
    try {
      const stream = await devices.getUserMedia(constraints());
      const [opened] = stream.getTracks();
      if (mine !== turn || !opened) return opened?.stop();
      release();
      opened.addEventListener('ended', () => {
        if (track.value !== opened) return;
        track.value = null;
        state.value = 'lost';
      });
      track.value = opened;
      state.value = 'on';
      await list();
    } catch (error) {
      if (mine !== turn) return;
      release();
      state.value = faultOf(error);
    }
  }

  function close(): void {
    wanted = false;
    turn += 1;
    release();
    state.value = 'off';
  }

  /** Something was plugged in or pulled out. */
  function plugged(): void {
    void list();
    if (wanted && !track.value && state.value !== 'asking') void open();
  }

  watch(chosen, (id) => {
    writeSetting(kind, id);
    if (wanted) void open();
  });
  devices?.addEventListener('devicechange', plugged);
  onScopeDispose(() => {
    devices?.removeEventListener('devicechange', plugged);
    close();
  });
  return { state, track, choices, chosen, open, close };
}
