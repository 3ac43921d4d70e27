/** A stretch of time, milliseconds since 1970. */
export interface Interval {
  from: number;
  to: number;
}

/** What the classroom told of a lesson that attendance depends on, in order. */
export type AttendanceEvent = { at: number } & (
  | { kind: 'joined' | 'left'; participantId: string; role: string; roomId: string | null }
  | { kind: 'audio'; participantId: string; roomId: string; expectedMs: number; receivedMs: number }
  | { kind: 'head_count'; roomId: string; count: number }
);

export interface RoomAttendance {
  /** When its device was in the lesson. */
  connected: Interval[];
  connectedMs: number;
  /** Of the length of the lesson, 0 to 1; null when that has none. */
  connectedShare: number | null;
  /** Share of the sound that was really received, 0 to 1; null when there was nothing to hear, or the room told nothing. */
  receivedShare: number | null;
  /** Who sat in the room, as somebody there, or the presenter, has counted last; null when nobody did. */
  headCount: number | null;
  /** Minutes connected × share of the sound received × heads: what the lesson came to. Null while a part of it is unknown. */
  personMinutes: number | null;
}

/** How much of a lesson one room had. Only what there is evidence of counts. */
export function attendanceOf(roomId: string, lesson: Interval, events: readonly AttendanceEvent[]): RoomAttendance {
  const connected = connectionsOf(roomId, lesson, events);
  const connectedMs = connected.reduce((sum, { from, to }) => sum + to - from, 0);
  const lengthMs = lesson.to - lesson.from;
  let [expected, received] = [0, 0];
  let headCount: number | null = null;
  for (const event of events) {
    if (event.kind === 'audio' && event.roomId === roomId) {
      expected += event.expectedMs;
      received += event.receivedMs;
    } else if (event.kind === 'head_count' && event.roomId === roomId) headCount = event.count;
  }
  const receivedShare = expected > 0 ? Math.min(1, received / expected) : null;
  return {
    connected,
    connectedMs,
    connectedShare: lengthMs > 0 ? connectedMs / lengthMs : null,
    receivedShare,
    headCount,
    personMinutes:
      receivedShare === null || headCount === null ? null : (connectedMs / 60_000) * receivedShare * headCount,
  };
}

/** A device that came back before the one before was let go is there once. */
function connectionsOf(roomId: string, lesson: Interval, events: readonly AttendanceEvent[]): Interval[] {
  const open = new Map<string, Interval>();
  const found: Interval[] = [];
  for (const event of events) {
    if (event.kind === 'head_count' || event.roomId !== roomId) continue;
    const { participantId, at } = event;
    if (event.kind === 'joined') {
      if (event.role === 'receiver') open.set(participantId, { from: at, to: at });
      continue;
    }
    let current = open.get(participantId);
    if (!current) {
      if (event.kind !== 'audio') continue;
      // Nothing was told of its coming, but it has heard something since then.
      current = { from: at - event.expectedMs, to: at };
      open.set(participantId, current);
    }
    current.to = at;
    if (event.kind === 'left') {
      found.push(current);
      open.delete(participantId);
    }
  }
  // Of what never left, because the server died, the last word is the end. (A lesson that goes on: see the caller.)
  found.push(...open.values());
  const merged: Interval[] = [];
  for (const { from, to } of found.sort((a, b) => a.from - b.from)) {
    const clipped = { from: Math.max(from, lesson.from), to: Math.min(to, lesson.to) };
    if (clipped.to <= clipped.from) continue;
    const last = merged.at(-1);
    if (last && clipped.from <= last.to) last.to = Math.max(last.to, clipped.to);
    else merged.push(clipped);
  }
  return merged;
}
