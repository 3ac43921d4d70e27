import type { Role } from './protocol.ts';
import type { Room } from './room.ts';
import type { WorkerStats } from './workers.ts';

export type MediaNodeStats = {
  workers: WorkerStats[];
  rooms: number;
  participants: Record<Role, number>;
  producers: number;
  consumers: number;
  /** Recordings running. */
  recordings: number;
  /** Chunks and journal entries that the sink has not taken yet; a few are always on their way. */
  waitingChunks: number;
  /** Recordings whose sink fails: what they write waits on this node's disk. */
  failingRecordings: number;
};

/** Whoever brings a recording to the sink. */
export type Writer = { id: string | null; waiting: number; failing: boolean };

export function nodeStats(workers: WorkerStats[], rooms: readonly Room[], writing: readonly Writer[]): MediaNodeStats {
  const people = rooms.flatMap((room) => room.participants);
  const countOf = (role: Role) => people.filter((each) => each.role === role).length;
  return {
    workers,
    rooms: rooms.length,
    participants: {
      presenter: countOf('presenter'),
      receiver: countOf('receiver'),
      assistant: countOf('assistant'),
      observer: countOf('observer'),
    },
    producers: people.reduce((sum, { producers }) => sum + producers.size, 0),
    consumers: people.reduce((sum, { consumers }) => sum + consumers.size, 0),
    recordings: rooms.filter(({ recorder }) => recorder.state !== null).length,
    waitingChunks: writing.reduce((sum, { waiting }) => sum + waiting, 0),
    failingRecordings: writing.filter(({ failing }) => failing).length,
  };
}
