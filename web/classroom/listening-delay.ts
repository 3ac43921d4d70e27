import { computed, onScopeDispose, ref, watch, watchEffect } from 'vue';
import type { Link } from '../../media/protocol.ts';
import type { Classroom } from './classroom.ts';

/** A listener's jitter buffer is long, so that late and repeated packets are still in time (v). */
const usualMs = 400;
const badLineMs = 800;
const lossyFrom = 0.03;

/**
 * How long sound and picture wait before they are played: long while this room only listens, short while it talks. The
 * first of them, of which no link report tells yet, are not kept waiting.
 */
export function listeningDelayMs(link: Link | null, talking: boolean): number {
  if (talking || link === null) return 0;
  const bad = link.rung !== 'all' || (link.loss ?? 0) >= lossyFrom;
  return bad ? badLineMs : usualMs;
}

/** A buffer that grows at once stops the picture for as long; in steps like these nobody sees it. */
const stepMs = 50;
const everyMs = 250;

export function useListeningDelay(classroom: Classroom, link: () => Link | null, talking: () => boolean): void {
  const delay = ref(0);
  const wanted = computed(() => listeningDelayMs(link(), talking()));
  watch(wanted, (ms) => {
    delay.value = Math.min(delay.value, ms);
  });
  const growing = setInterval(() => {
    delay.value = Math.min(delay.value + stepMs, wanted.value);
  }, everyMs);
  onScopeDispose(() => clearInterval(growing));
  watchEffect(() => {
    for (const { consumerId } of classroom.tracks.value) {
      const receiver = classroom.receiverOf(consumerId);
      if (!receiver || !('jitterBufferTarget' in receiver)) continue;
      if (receiver.jitterBufferTarget !== delay.value) receiver.jitterBufferTarget = delay.value;
    }
  });
}
