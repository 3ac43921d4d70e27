import { type ComputedRef, computed, onScopeDispose } from 'vue';
import { listLiveSessions } from '../api/class-sessions.ts';
import type { ClassSession } from '../api/types.ts';
import { useLoad } from '../state/load.ts';

const everyMs = 15_000;

/** By room: the lesson beside this one that is live there, as far as its reader may see it. A room enters the first of several. */
export function heldBy({ id }: ClassSession, live: readonly ClassSession[]): Map<string, ClassSession> {
  const others = live.filter((other) => other.id !== id).reverse();
  return new Map(others.flatMap((other) => other.rooms.map((room) => [room.id, other] as const)));
}

/** What keeps the rooms of a lesson from coming into it, asked as long as some are awaited. */
export function useHeldRooms(
  session: () => ClassSession,
  awaited: () => boolean,
): ComputedRef<ReadonlyMap<string, ClassSession>> {
  const live = useLoad((signal) => (awaited() ? listLiveSessions({}, signal) : Promise.resolve([])), awaited);
  const timer = setInterval(() => {
    if (!document.hidden) void live.reload();
  }, everyMs);
  onScopeDispose(() => clearInterval(timer));
  return computed(() => heldBy(session(), live.data.value ?? []));
}
