import { computed, onScopeDispose, ref, watch, watchEffect } from 'vue';
import type { Link } from '../../media/protocol.ts';
import type { Classroom } from './classroom.ts';

/** A listener's jitter buffer is long, so that late and repeated packets are still in time (v). */
const usualMs = 400;
const badLineMs = 800;
const lossyFrom = 0.03;

/** How long sound and picture wait before they are played: long while this room only listens, short while it talks. */
export function listeningDelayMs(link: Link | null, talking: boolean): number {
  if (talking) return 0;
  const bad = link !== null && (link.rung !== 'all' || (link.loss ?? 0) >= lossyFrom);
  return bad ? badLineMs : usualMs;
}

/** A buffer that grows at once stops the picture for as long, one that shrinks at once skips it; in steps like these nobody sees it. */
const stepMs = 50;
const everyMs = 250;

export function useListeningDelay(classroom: Classroom, link: () => Link | null, talking: () => boolean): void {
  const delay = ref(0);
  const wanted = computed(() => listeningDelayMs(link(), talking()));

  /** What comes first is not kept waiting: the buffer fills behind it, or once a report tells of the line. */
  function begun(): boolean {
    const receivers = classroom.tracks.value.map(({ consumerId }) => classroom.receiverOf(consumerId));
    return link() !== null || (receivers.length > 0 && receivers.every((one) => one && delivers(one)));
  }
  watch(talking, (now) => {
    if (now) delay.value = 0;
  });
  const stepping = setInterval(() => {
    if (begun()) delay.value += Math.max(-stepMs, Math.min(stepMs, wanted.value - delay.value));
  }, everyMs);
  onScopeDispose(() => clearInterval(stepping));
  watchEffect(() => {
    for (const { consumerId } of classroom.tracks.value) {
      const receiver = classroom.receiverOf(consumerId);
      if (!receiver || !('jitterBufferTarget' in receiver)) continue;
      if (receiver.jitterBufferTarget !== delay.value) receiver.jitterBufferTarget = delay.value;
    }
  });
}

/** Whether anything of it has been played. */
const delivers = (receiver: RTCRtpReceiver): boolean => receiver.getSynchronizationSources().length > 0;
