import { type ComputedRef, computed, type Ref, shallowRef } from 'vue';
import type { Snapshot } from '../../media/protocol.ts';
import type { NotificationHandlers } from './socket.ts';

/** Who is seen and heard beside the presenter, and who asks to be. */
export interface Stage {
  /** Rooms on stage, in the order they were called. */
  rooms: Readonly<Ref<readonly string[]>>;
  /** Raised hands, the first first. */
  hands: Readonly<Ref<Snapshot['hands']>>;
  holds(roomId: string): boolean;
  handOf(roomId: string): number | null;
  busy: ComputedRef<boolean>;
}

export function createStage() {
  const rooms = shallowRef<readonly string[]>([]);
  const hands = shallowRef<Snapshot['hands']>([]);
  const stage: Stage = {
    rooms,
    hands,
    holds: (roomId) => rooms.value.includes(roomId),
    handOf: (roomId) => hands.value.find((hand) => hand.roomId === roomId)?.raisedAt ?? null,
    busy: computed(() => rooms.value.length > 0),
  };
  const handlers: NotificationHandlers = {
    stageChanged(data) {
      rooms.value = data.stage;
    },
    handsChanged(data) {
      hands.value = data.hands;
    },
  };
  function take(snapshot: Snapshot): void {
    rooms.value = snapshot.stage;
    hands.value = snapshot.hands;
  }
  return { stage, handlers, take };
}
