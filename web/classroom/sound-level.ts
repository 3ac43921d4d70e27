import { onScopeDispose, type Ref, ref, type ShallowRef, watch } from 'vue';

/** How often it is read anew, milliseconds. */
export const readEveryMs = 80;
/** Quieter than this is silence (dBFS). */
const floorDb = -60;

/** Loudness of a track from 0 (silence) to 1 (full scale), on a decibel scale as ears have it. Without a track nothing is held. */
export function useSoundLevel(track: Readonly<ShallowRef<MediaStreamTrack | null>>): Ref<number> {
  const level = ref(0);
  let context: AudioContext | null = null;
  let source: MediaStreamAudioSourceNode | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;

  function stop(): void {
    if (timer) clearInterval(timer);
    source?.disconnect();
    void context?.close();
    timer = null;
    source = null;
    context = null;
    level.value = 0;
  }

  function listen(to: MediaStreamTrack): void {
    const hearing = new AudioContext();
    context = hearing;
    const analyser = hearing.createAnalyser();
    analyser.fftSize = 1024;
    source = hearing.createMediaStreamSource(new MediaStream([to]));
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    timer = setInterval(() => {
      if (hearing.state === 'suspended') void hearing.resume();
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const db = power > 0 ? 10 * Math.log10(power) : floorDb;
      level.value = Math.min(1, Math.max(0, 1 - db / floorDb));
    }, readEveryMs);
  }

  watch(
    track,
    (next) => {
      stop();
      if (next) listen(next);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return level;
}
