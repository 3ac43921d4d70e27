import type { types } from 'mediasoup-client';
import type { Source } from '../../media/protocol.ts';

/** What to ask of the camera; `ideal`, so that a lesser camera serves as well. */
export const cameraConstraints: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 20, max: 30 },
};

/** In a music lesson the browser's clean-up eats instruments: original sound, in stereo. */
export function microphoneConstraints(music: boolean): MediaTrackConstraints {
  return {
    echoCancellation: !music,
    noiseSuppression: !music,
    autoGainControl: !music,
    channelCount: { ideal: music ? 2 : 1 },
  };
}

/** As far as we go by the W3C's Screen Capture, of which TypeScript does not know all yet. */
interface ScreenOptions extends DisplayMediaStreamOptions {
  audio: true | (MediaTrackConstraints & { restrictOwnAudio: boolean });
  systemAudio?: 'include' | 'exclude';
  selfBrowserSurface: 'include' | 'exclude';
}

/**
 * What to ask of the presenter's screen. The rooms are heard and seen in the studio: by way of the screen they would hear
 * themselves, and be recorded whatever their schools consent to. A browser that cannot tell the studio's sound from that of
 * the rest of the machine (Chrome before 141) gives the sound of another page only.
 */
export function screenConstraints(supported: MediaTrackSupportedConstraints): ScreenOptions {
  const filtersOwnSound = 'restrictOwnAudio' in supported;
  return {
    video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 5 } },
    audio: filtersOwnSound ? { restrictOwnAudio: true } : true,
    ...(!filtersOwnSound && { systemAudio: 'exclude' }),
    selfBrowserSurface: 'exclude',
  };
}

export type SendingProfile = Pick<types.ProducerOptions, 'encodings' | 'codecOptions'>;

/** Two temporal layers, not three: what one lost picture takes with it is half as long (docs/decisions/0008). */
const layered = 'L1T2';

const cameraProfile: SendingProfile = {
  encodings: [
    { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 120_000, scalabilityMode: layered },
    { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 400_000, scalabilityMode: layered },
    { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_200_000, scalabilityMode: layered },
  ],
  codecOptions: { videoGoogleStartBitrate: 800 },
};

const screenProfile: SendingProfile = {
  encodings: [
    { rid: 'h', scaleResolutionDownBy: 1.5, maxBitrate: 180_000, maxFramerate: 2, scalabilityMode: 'L1T1' },
    { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_200_000, maxFramerate: 5, scalabilityMode: 'L1T1' },
  ],
};

/** 60 ms a packet: 32 kbit/s of voice are 41 on the wire; at the usual 20 ms they are 58, too many for the thinnest line. */
const speech: SendingProfile = {
  codecOptions: {
    opusStereo: false,
    opusFec: true,
    opusDtx: true,
    opusNack: true,
    opusMaxAverageBitrate: 32_000,
    opusPtime: 60,
  },
};

const musicSound: SendingProfile = {
  codecOptions: { opusStereo: true, opusFec: true, opusDtx: false, opusNack: true, opusMaxAverageBitrate: 128_000 },
};

/** How each source is encoded (live.md, adapting to bad links). */
export function sendingProfile(source: Source, music: boolean): SendingProfile {
  switch (source) {
    case 'camera':
      return cameraProfile;
    case 'screen':
      return screenProfile;
    case 'microphone':
      return music ? musicSound : speech;
    case 'screenAudio':
      return musicSound;
  }
}
