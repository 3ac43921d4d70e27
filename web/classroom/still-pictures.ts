import { onScopeDispose, watch } from 'vue';
import type { Classroom } from './classroom.ts';

/** About 13 kbit/s. */
const usual = { everyMs: 5_000, width: 320, height: 180, quality: 0.55 };
/** About 2 kbit/s, and so few bytes at once that they delay nothing that matters. */
const spare = { everyMs: 10_000, width: 160, height: 90, quality: 0.4 };

/** Off stage a room sends no video, only a small still now and then, so that the presenter sees every room at once. */
export function useStillPictures(
  classroom: Classroom,
  camera: () => MediaStreamTrack | null,
  wanted: () => boolean,
): void {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  const manner = () => (classroom.ladder.picture.value ? usual : spare);

  async function send(): Promise<void> {
    if (!wanted() || !context || video.videoWidth === 0 || classroom.line.value.state !== 'open') return;
    const { width, height, quality } = manner();
    canvas.width = width;
    canvas.height = height;
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
  let timer: ReturnType<typeof setTimeout>;
  function schedule(): void {
    timer = setTimeout(() => {
      // A picture that is lost is not missed: the next one comes soon.
      void send().catch(() => undefined);
      schedule();
    }, manner().everyMs);
  }
  schedule();
  onScopeDispose(() => {
    clearTimeout(timer);
    video.srcObject = null;
  });
}
