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
  /** How often it was called. */
  turnsOf(roomId: string): number;
  /** How many sit in it, once somebody has counted. */
  headsIn(roomId: string): number | null;
  busy: ComputedRef<boolean>;
}

export function createStage() {
  const rooms = shallowRef<readonly string[]>([]);
  const hands = shallowRef<Snapshot['hands']>([]);
  const turns = shallowRef<Snapshot['turns']>([]);
  const headCounts = shallowRef<Snapshot['headCounts']>([]);
  const stage: Stage = {
    rooms,
    hands,
    holds: (roomId) => rooms.value.includes(roomId),
    handOf: (roomId) => hands.value.find((hand) => hand.roomId === roomId)?.raisedAt ?? null,
    turnsOf: (roomId) => turns.value.find((one) => one.roomId === roomId)?.count ?? 0,
    headsIn: (roomId) => headCounts.value.find((one) => one.roomId === roomId)?.count ?? null,
    busy: computed(() => rooms.value.length > 0),
  };
  const handlers: NotificationHandlers = {
    stageChanged(data) {
      rooms.value = data.stage;
      turns.value = data.turns;
    },
    handsChanged(data) {
      hands.value = data.hands;
    },
    headCountConfirmed({ roomId, count }) {
      headCounts.value = [...headCounts.value.filter((one) => one.roomId !== roomId), { roomId, count }];
    },
  };
  function take(snapshot: Snapshot): void {
    rooms.value = snapshot.stage;
    hands.value = snapshot.hands;
    turns.value = snapshot.turns;
    headCounts.value = snapshot.headCounts;
  }
  return { stage, handlers, take };
}
