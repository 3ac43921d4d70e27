import { computed, type Ref, ref, watch } from 'vue';
import { readEveryMs, useSoundLevel } from './sound-level.ts';
import { createSpeechWatch } from './speech.ts';

/**
 * Whether somebody speaks into a microphone that is closed. It is listened to only as long as it is closed, and only here: the node
 * is sent nothing of it, as closing it takes the track from the sender and leaves the track as it is.
 */
export function useSpeakingMuted(track: () => MediaStreamTrack | null, muted: () => boolean): Readonly<Ref<boolean>> {
  const closed = computed(() => (muted() ? track() : null));
  const level = useSoundLevel(closed);
  const speaking = ref(false);
  watch(
    closed,
    (listened, _, stopped) => {
      speaking.value = false;
      if (!listened) return;
      const speech = createSpeechWatch();
      const timer = setInterval(() => {
        speaking.value = speech(level.value, Date.now());
      }, readEveryMs);
      stopped(() => clearInterval(timer));
    },
    { immediate: true },
  );
  return speaking;
}
