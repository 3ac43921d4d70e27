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
  /** What is on is left as it is: opened anew, a camera would be dark for a while. */
  open(): Promise<void>;
  close(): void;
}

/** It should be on, and cannot. */
export const isGone = ({ state }: Pick<LocalDevice, 'state'>): boolean =>
  !['off', 'asking', 'on'].includes(state.value);

const kinds = { camera: 'videoinput', microphone: 'audioinput' } as const;

/** While another program holds it, or a driver is not ready yet, nothing tells when that is over. */
const retryMs = 5000;

function faultOf(error: unknown): LocalState {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'busy';
}

/**
 * This machine's camera or microphone: the one chosen last time, or another while that is not there. It comes back by itself:
 * plugged in again, given free by another program, allowed again. The choice is remembered in this browser.
 */
export function useLocalDevice(kind: LocalKind, music: () => boolean = () => false): LocalDevice {
  const state = ref<LocalState>('off');
  const track = shallowRef<MediaStreamTrack | null>(null);
  const choices = shallowRef<readonly MediaDeviceInfo[]>([]);
  const chosen = ref(readSetting(kind) ?? '');
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  let wanted = false;
  let turn = 0;
  /** A question is under way. */
  let asking = false;
  /** What is plugged in changed meanwhile, so its answer may be of before. */
  let changed = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

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

  function failed(fault: LocalState): void {
    // What was pulled out is not there, as expected: the words for that say that it comes back.
    state.value = fault === 'missing' && state.value === 'lost' ? 'lost' : fault;
    if (state.value === 'busy' || state.value === 'lost') retry = setTimeout(() => void ask(), retryMs);
  }

  async function ask(): Promise<void> {
    if (!devices) {
      state.value = 'insecure';
      return;
    }
    clearTimeout(retry);
    const mine = ++turn;
    asking = true;
    changed = false;
    try {
      const stream = await devices.getUserMedia(constraints());
      const [opened] = stream.getTracks();
      if (mine !== turn || !opened) return opened?.stop();
      release();
      opened.addEventListener('ended', () => {
        if (track.value !== opened) return;
        track.value = null;
        state.value = 'lost';
        // Another one may be there, or it was the permission that ended.
        void ask();
      });
      track.value = opened;
      state.value = 'on';
      await list();
    } catch (error) {
      if (mine !== turn) return;
      release();
      if (changed) void ask();
      else failed(faultOf(error));
    } finally {
      if (mine === turn) asking = false;
    }
  }

  async function askAloud(): Promise<void> {
    if (!track.value) state.value = 'asking';
    await ask();
  }

  async function open(): Promise<void> {
    wanted = true;
    if (!track.value) await askAloud();
  }

  function close(): void {
    wanted = false;
    turn += 1;
    asking = false;
    clearTimeout(retry);
    release();
    state.value = 'off';
  }

  /** Another one stands in for the one that was chosen, which is there again. */
  function mayReturn(): boolean {
    const current = track.value?.getSettings().deviceId;
    return current !== chosen.value && choices.value.some(({ deviceId }) => deviceId === chosen.value);
  }

  /** Something was plugged in or pulled out. */
  async function plugged(): Promise<void> {
    changed = true;
    await list();
    // A camera with a microphone is two devices, and tells of itself twice.
    if (wanted && !asking && (!track.value || mayReturn())) await ask();
  }

  const life = new AbortController();
  /** The browser's own settings may be changed at any time. */
  async function watchPermission(): Promise<void> {
    try {
      const permission = await navigator.permissions.query({ name: kind });
      const look = () => {
        if (wanted && !track.value && permission.state !== 'denied') void open();
      };
      permission.addEventListener('change', look, life);
    } catch {
      // In a browser that does not tell of it the page is loaded anew.
    }
  }
  void watchPermission();

  watch(chosen, (id) => {
    writeSetting(kind, id);
    if (wanted) void askAloud();
  });
  // The lesson was made one of music, or is none any more, after the check has begun: other sound is asked for.
  watch(music, () => {
    if (wanted) void ask();
  });
  devices?.addEventListener('devicechange', () => void plugged(), life);
  onScopeDispose(() => {
    life.abort();
    close();
  });
  return { state, track, choices, chosen, open, close };
}
