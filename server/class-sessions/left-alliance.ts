import type { Database } from '../database/database.ts';
import type { Classroom } from './lesson.ts';

/** Of the lessons of this alliance that are on, or that rooms may wait in. */
async function lessonsOf(db: Database, allianceId: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('class_session')
    .select('id')
    .where('alliance_id', '=', allianceId)
    .where('state', 'in', ['scheduled', 'live'])
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** The accounts and the devices that see an alliance's lessons by their school. An administrator sees them all anyhow. */
async function holdersOf(db: Database, schoolId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('account')
    .select('account.id')
    .where('account.school_id', '=', schoolId)
    .where('account.role', '!=', 'admin')
    .unionAll((eb) =>
      eb
        .selectFrom('device')
        .innerJoin('room', 'room.id', 'device.room_id')
        .select('device.id')
        .where('room.school_id', '=', schoolId)
        .where('device.revoked_at', 'is', null),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * A school has left an alliance: whoever of it is in one of the alliance's lessons is put out, as whoever loses access
 * is. Lessons of its other alliances go on. Called once it is written down, so that nobody is let in after it.
 */
export async function putOutOfAlliance(
  db: Database,
  classroom: Pick<Classroom, 'putOut'>,
  { allianceId, schoolId }: { allianceId: string; schoolId: string },
): Promise<void> {
  const [classSessionIds, holderIds] = await Promise.all([lessonsOf(db, allianceId), holdersOf(db, schoolId)]);
  for (const holderId of holderIds) classroom.putOut(holderId, { classSessionIds });
}
