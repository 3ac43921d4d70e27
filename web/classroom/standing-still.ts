import { type Ref, ref, watch } from 'vue';

/** Thin lines still bring a few frames a second. */
const lookEveryMs = 400;

type Picture = Pick<HTMLVideoElement, 'getVideoPlaybackQuality'>;

/** Whether no new frame comes to a picture that may have become a thing of the past; without a suspicion nobody looks. */
export function useStandingStill(
  picture: Readonly<Ref<Picture | undefined>>,
  suspected: () => boolean,
): Readonly<Ref<boolean>> {
  const still = ref(false);
  watch(
    [picture, suspected] as const,
    ([shown, isSuspected], _, stopped) => {
      still.value = false;
      if (!shown || !isSuspected) return;
      const frames = (): number => shown.getVideoPlaybackQuality().totalVideoFrames;
      let before = frames();
      const timer = setInterval(() => {
        const now = frames();
        still.value = now === before;
        before = now;
      }, lookEveryMs);
      stopped(() => clearInterval(timer));
    },
    { immediate: true },
  );
  return still;
}
