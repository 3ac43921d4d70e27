import type { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { ResourceRecording } from '../resources/recording-schema.ts';
import type { replaySchema } from './slides-shown.ts';

type Gap = z.output<typeof replaySchema>['gaps'][number];

/** Gaps as they are told to people: those of rooms with the room's school and name. */
export async function nameGaps(db: Database, gaps: readonly Gap[]): Promise<ResourceRecording['gaps']> {
  const roomIds = [...new Set(gaps.flatMap(({ roomId }) => roomId ?? []))];
  const rooms =
    roomIds.length === 0
      ? []
      : await db
          .selectFrom('room')
          .innerJoin('school', 'school.id', 'room.school_id')
          .where('room.id', 'in', roomIds)
          .select(['room.id', 'room.name', 'school.name as school'])
          .execute();
  const names = new Map(rooms.map(({ id, name, school }) => [id, `${school} ${name}`]));
  return gaps.map(({ track, roomId, startMs, endMs }) => ({
    track,
    room: roomId && (names.get(roomId) ?? roomId),
    startMs: Math.round(startMs),
    endMs: Math.round(endMs),
  }));
}
