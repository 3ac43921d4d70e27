import type { Database } from '../database/database.ts';
import type { RecordingState } from '../database/tables/classroom.ts';
import { mayFollow } from './states.ts';

export async function insertRecording(db: Database, classSessionId: string, at: Date): Promise<void> {
  const { id } = await db
    .insertInto('recording')
    .values({ class_session_id: classSessionId })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertStateChange(db, id, 'armed', null, at);
}

export async function findRecording(db: Database, id: string) {
  return await db.selectFrom('recording').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findRecordingOfSession(db: Database, classSessionId: string) {
  return await db.selectFrom('recording').selectAll().where('class_session_id', '=', classSessionId).executeTakeFirst();
}

/** The same, kept from changing until the transaction ends. */
export async function lockRecordingOfSession(trx: Database, classSessionId: string) {
  return await trx
    .selectFrom('recording')
    .selectAll()
    .where('class_session_id', '=', classSessionId)
    .forUpdate()
    .executeTakeFirst();
}

/** Whether the lesson's sound was more than speech. */
export async function isMusic(db: Database, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('recording')
    .innerJoin('class_session', 'class_session.id', 'recording.class_session_id')
    .where('recording.id', '=', id)
    .select('music')
    .executeTakeFirst();
  return row?.music ?? false;
}

async function insertStateChange(
  db: Database,
  recordingId: string,
  state: RecordingState,
  reason: string | null,
  at: Date,
): Promise<void> {
  await db
    .insertInto('recording_state_change')
    .values({ recording_id: recordingId, state, reason, at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Brings a recording into a state, in a transaction.
 * @returns false when it is in that state already, or in one that it cannot follow: a message that comes twice or too late.
 */
export async function changeState(
  trx: Database,
  recordingId: string,
  change: { state: RecordingState; reason: string | null; at: Date },
): Promise<boolean> {
  const row = await trx
    .selectFrom('recording')
    .select('state')
    .where('id', '=', recordingId)
    .forUpdate()
    .executeTakeFirst();
  if (!row || !mayFollow(row.state, change.state)) return false;
  await trx
    .updateTable('recording')
    .set({ state: change.state, failure: change.state === 'failed' ? change.reason : null })
    .where('id', '=', recordingId)
    .execute();
  await insertStateChange(trx, recordingId, change.state, change.reason, change.at);
  return true;
}

/** Counts one more recorder that writes to the recording. */
export async function countRecorder(db: Database, recordingId: string): Promise<number> {
  const { recorders } = await db
    .updateTable('recording')
    .set((eb) => ({ recorders: eb('recorders', '+', 1) }))
    .where('id', '=', recordingId)
    .returning('recorders')
    .executeTakeFirstOrThrow();
  return recorders;
}

/** Recordings whose lesson is over and that are not in the library yet, but for those that hold nothing. */
export async function listUnfinished(db: Database) {
  return await db
    .selectFrom('recording')
    .innerJoin('class_session', 'class_session.id', 'recording.class_session_id')
    .where((eb) =>
      eb.or([
        eb('recording.state', 'in', ['armed', 'recording', 'interrupted', 'finishing']),
        eb.and([eb('recording.state', '=', 'failed'), eb('recording.failure', '=', 'unfinishable')]),
      ]),
    )
    .where('class_session.state', '!=', 'live')
    .select(['recording.id', 'recording.state'])
    .orderBy('recording.created_at')
    .execute();
}
