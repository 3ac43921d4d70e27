import { onScopeDispose, watch } from 'vue';
import type { Classroom } from './classroom.ts';

const everyMs = 5000;
const width = 320;
const height = 180;
const quality = 0.55;

/** Off stage a room sends no video, only a small still every 5 s, so that the presenter sees every room at once. */
export function useStillPictures(
  classroom: Classroom,
  camera: () => MediaStreamTrack | null,
  wanted: () => boolean,
): void {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');

  async function send(): Promise<void> {
    if (!wanted() || !context || video.videoWidth === 0 || classroom.line.value.state !== 'open') return;
    context.drawImage(video, 0, 0, width, height);
    const jpeg = canvas.toDataURL('image/jpeg', quality).split(',')[1];
    if (jpeg) await classroom.request('sendPicture', { jpeg });
  }

  watch(
    camera,
    (track) => {
      video.srcObject = track ? new MediaStream([track]) : null;
      if (track) video.play().catch(() => undefined);
    },
    { immediate: true },
  );
  // A picture that is lost is not missed: the next one comes in 5 s.
  const timer = setInterval(() => void send().catch(() => undefined), everyMs);
  onScopeDispose(() => {
    clearInterval(timer);
    video.srcObject = null;
  });
}
