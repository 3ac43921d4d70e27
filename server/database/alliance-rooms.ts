import type { Database } from './database.ts';

/** Which of the rooms are in a school of the alliance. */
export async function roomsInAlliance(
  db: Database,
  roomIds: readonly string[],
  allianceId: string,
): Promise<Set<string>> {
  if (roomIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('room')
    .innerJoin('alliance_school', 'alliance_school.school_id', 'room.school_id')
    .where('room.id', 'in', roomIds)
    .where('room.deleted_at', 'is', null)
    .where('alliance_school.alliance_id', '=', allianceId)
    .select('room.id')
    .execute();
  return new Set(rows.map(({ id }) => id));
}
