import { watchEffect } from 'vue';
import type { Link } from '../../media/protocol.ts';
import type { Classroom } from './classroom.ts';

/** A listener's jitter buffer is long, so that late and repeated packets are still in time (v). */
const usualMs = 400;
const badLineMs = 800;
const lossyFrom = 0.03;

/** How long the sound waits before it is played: long while this room only listens, short while it talks. */
export function listeningDelayMs(link: Link | null, talking: boolean): number {
  if (talking) return 0;
  const bad = link !== null && (link.rung !== 'all' || (link.loss ?? 0) >= lossyFrom);
  return bad ? badLineMs : usualMs;
}

export function useListeningDelay(classroom: Classroom, link: () => Link | null, talking: () => boolean): void {
  watchEffect(() => {
    const delay = listeningDelayMs(link(), talking());
    for (const { consumerId } of classroom.tracks.value) {
      const receiver = classroom.receiverOf(consumerId);
      if (!receiver || !('jitterBufferTarget' in receiver)) continue;
      if (receiver.jitterBufferTarget !== delay) receiver.jitterBufferTarget = delay;
    }
  });
}
