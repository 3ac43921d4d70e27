import { onScopeDispose, type Ref, ref, type ShallowRef, watch } from 'vue';

const readEveryMs = 80;
/** Quieter than this is silence (dBFS). */
const floorDb = -60;

/** Loudness of a track from 0 (silence) to 1 (full scale), on a decibel scale as ears have it. */
export function useSoundLevel(track: Readonly<ShallowRef<MediaStreamTrack | null>>): Ref<number> {
  const level = ref(0);
  let context: AudioContext | null = null;
  let source: MediaStreamAudioSourceNode | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;

  function stop(): void {
    if (timer) clearInterval(timer);
    source?.disconnect();
    timer = null;
    source = null;
    level.value = 0;
  }

  function listen(to: MediaStreamTrack): void {
    context ??= new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    source = context.createMediaStreamSource(new MediaStream([to]));
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    timer = setInterval(() => {
      if (context?.state === 'suspended') void context.resume();
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
  onScopeDispose(() => {
    stop();
    void context?.close();
  });
  return level;
}
