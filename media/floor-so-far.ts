import type { FloorEvent } from './recorded-event.ts';
import type { Room } from './room.ts';

/** How the floor is, as events: for the journal of a lesson that begins with rooms that have waited inside. */
export function floorSoFar({ stage, messages, timer }: Pick<Room, 'stage' | 'messages' | 'timer'>): FloorEvent[] {
  return [
    ...(stage.rooms.length > 0 ? [{ type: 'stage' as const, roomIds: stage.rooms }] : []),
    ...stage.hands.map(({ roomId }) => ({ type: 'hand' as const, roomId, raised: true })),
    ...stage.muted.map((roomId) => ({ type: 'mute' as const, roomId, muted: true })),
    ...messages.all.map((message) => ({ type: 'message' as const, message })),
    ...(timer ? [{ type: 'timer' as const, timer }] : []),
  ];
}
