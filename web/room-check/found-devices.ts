import type { Found } from '../api/types.ts';
import type { LocalDevice, LocalState } from '../classroom/local-media.ts';
import { chime } from './loudspeaker.ts';
import { pause, within } from './pauses.ts';

const pictureMs = 4000;
const [sampleWidth, sampleHeight] = [32, 18];
/** Darker than a room at dusk: the lens is covered (of 255). */
const darkBelow = 10;
/** Less than the noise of any open microphone (dBFS). */
const silentBelowDb = -90;

type Fault = 'missing' | 'denied' | 'busy' | 'insecure';
const faults: Partial<Record<LocalState, Fault>> = {
  missing: 'missing',
  lost: 'missing',
  denied: 'denied',
  busy: 'busy',
  insecure: 'insecure',
};
const positive = (value: number | undefined): number | null => (value && value > 0 ? Math.round(value) : null);

/** Mean brightness of the next picture, 0 to 255; null when there is none. */
async function brightness(track: MediaStreamTrack, signal: AbortSignal): Promise<number | null> {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  try {
    const playing = within(
      pictureMs,
      signal,
      video.play().then(() => true),
    );
    if (!(await playing) || video.videoWidth === 0) return null;
    // Cameras open dark and then find their exposure.
    await pause(800, signal);
    const canvas = document.createElement('canvas');
    canvas.width = sampleWidth;
    canvas.height = sampleHeight;
    const context = canvas.getContext('2d');
    if (!context) return null;
    context.drawImage(video, 0, 0, sampleWidth, sampleHeight);
    const { data } = context.getImageData(0, 0, sampleWidth, sampleHeight);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4)
      sum += ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 3;
    return sum / (sampleWidth * sampleHeight);
  } finally {
    video.srcObject = null;
  }
}

export async function checkCamera(camera: LocalDevice, signal: AbortSignal): Promise<Found['camera']> {
  if (!camera.track.value) await camera.open();
  const track = camera.track.value;
  if (!track) return { state: faults[camera.state.value] ?? 'missing', name: null, width: null, height: null };
  const { width, height } = track.getSettings();
  const light = await brightness(track, signal);
  return {
    state: light === null ? 'busy' : light < darkBelow ? 'dark' : 'ok',
    name: track.label || null,
    width: positive(width),
    height: positive(height),
  };
}

/** The microphone as it is: what the browser makes of it for a lesson takes a chime of our own for an echo. */
async function rawTrack(track: MediaStreamTrack): Promise<MediaStreamTrack | null> {
  const { deviceId } = track.getSettings();
  const audio = {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    ...(deviceId && { deviceId: { exact: deviceId } }),
  };
  try {
    const [raw] = (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks();
    return raw ?? null;
  } catch {
    // Some systems give a microphone once only: it is heard as it is for the lesson then.
    return null;
  }
}

export async function checkSound(
  microphone: LocalDevice,
  signal: AbortSignal,
): Promise<Pick<Found, 'microphone' | 'loudspeaker'>> {
  if (!microphone.track.value) await microphone.open();
  const track = microphone.track.value;
  const raw = track && (await rawTrack(track));
  try {
    const { loudspeaker, levelDb } = await chime(raw ?? track, signal);
    const state = levelDb !== null && levelDb < silentBelowDb ? 'silent' : 'ok';
    return {
      microphone: track
        ? { state, name: track.label || null, levelDb: levelDb === null ? null : Math.round(levelDb) }
        : { state: faults[microphone.state.value] ?? 'missing', name: null, levelDb: null },
      loudspeaker: { state: loudspeaker },
    };
  } finally {
    raw?.stop();
  }
}
