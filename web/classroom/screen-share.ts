import { onScopeDispose, type Ref, ref } from 'vue';
import type { Classroom } from './classroom.ts';
import { screenConstraints } from './sending-profiles.ts';

export interface ScreenShare {
  on: Readonly<Ref<boolean>>;
  toggle(): Promise<void>;
  stop(): void;
}

/** The presenter's screen, with its sound where the browser gives it; ends when the browser's own bar ends it. */
export function useScreenShare(classroom: () => Classroom | null): ScreenShare {
  const on = ref(false);
  let tracks: MediaStreamTrack[] = [];

  function stop(): void {
    for (const track of tracks) track.stop();
    tracks = [];
    on.value = false;
    classroom()?.sending.stop('screen');
    classroom()?.sending.stop('screenAudio');
  }

  async function start(): Promise<void> {
    const { mediaDevices } = navigator;
    const stream = await mediaDevices.getDisplayMedia(screenConstraints(mediaDevices.getSupportedConstraints()));
    const room = classroom();
    tracks = stream.getTracks();
    const [video] = stream.getVideoTracks();
    const [audio] = stream.getAudioTracks();
    if (!room || !video) return stop();
    video.contentHint = 'text';
    video.addEventListener('ended', stop);
    room.sending.set('screen', video);
    if (audio) room.sending.set('screenAudio', audio);
    on.value = true;
  }

  onScopeDispose(stop);
  return {
    on,
    stop,
    async toggle() {
      if (on.value) return stop();
      try {
        await start();
      } catch (error) {
        // The teacher closed the browser's chooser: that is an answer, not a fault.
        if (!(error instanceof DOMException && error.name === 'NotAllowedError')) throw error;
      }
    },
  };
}
