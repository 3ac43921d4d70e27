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

/** What is recorded of the rooms of a session: what was kept with it, or, before it begins, what would be. */
export async function recordedFromRooms(db: Database, classSessionId: string): Promise<RecordedFromRoom[]> {
  const rooms = await db
    .selectFrom('class_session_room')
    .innerJoin('room', 'room.id', 'class_session_room.room_id')
    .innerJoin('school', 'school.id', 'room.school_id')
    .where('class_session_room.class_session_id', '=', classSessionId)
    .select('class_session_room.room_id')
    .select((eb) =>
      eb.fn.coalesce('class_session_room.pupils_recorded', 'school.pupils_recorded').as('pupils_recorded'),
    )
    .orderBy('class_session_room.room_id')
    .execute();
  return rooms.map((room) => ({ roomId: room.room_id, sources: sourcesOf[room.pupils_recorded] }));
}
