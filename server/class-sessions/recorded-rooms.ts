import type { RecordedFromRoom } from '../../media/index.ts';
import type { Database } from '../database/database.ts';
import type { PupilsRecorded } from '../pupil-consent/schema.ts';

const sourcesOf: Record<PupilsRecorded, RecordedFromRoom['sources']> = {
  none: [],
  voices: ['microphone'],
  voices_and_pictures: ['microphone', 'camera'],
};

/** Keeps, with a session that begins, what the schools of its rooms consent to at this moment. */
export async function keepConsent(trx: Database, classSessionId: string): Promise<void> {
  await trx
    .updateTable('class_session_room')
    .from('room')
    .innerJoin('school', 'school.id', 'room.school_id')
    .whereRef('room.id', '=', 'class_session_room.room_id')
    .where('class_session_room.class_session_id', '=', classSessionId)
    .set((eb) => ({ pupils_recorded: eb.ref('school.pupils_recorded') }))
    .execute();
}

/**
 * What is recorded of the rooms of a session: what was kept with it, or, before it begins, what would be. A lesson that was on
 * when consent was not kept yet has none.
 */
export async function recordedFromRooms(db: Database, classSessionId: string): Promise<RecordedFromRoom[]> {
  const rooms = await db
    .selectFrom('class_session_room')
    .innerJoin('room', 'room.id', 'class_session_room.room_id')
    .innerJoin('school', 'school.id', 'room.school_id')
    .innerJoin('class_session', 'class_session.id', 'class_session_room.class_session_id')
    .where('class_session_room.class_session_id', '=', classSessionId)
    .select(['class_session_room.room_id', 'class_session.state'])
    .select(['class_session_room.pupils_recorded as kept', 'school.pupils_recorded as now'])
    .orderBy('class_session_room.room_id')
    .execute();
  return rooms.map(({ room_id: roomId, state, kept, now }) => ({
    roomId,
    sources: sourcesOf[kept ?? (state === 'scheduled' ? now : 'none')],
  }));
}
