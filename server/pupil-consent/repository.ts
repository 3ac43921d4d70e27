import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { PupilsRecorded } from './schema.ts';

const ofSchool = (db: Database, schoolId: string) =>
  db.selectFrom('school').select('pupils_recorded').where('id', '=', schoolId);

/** Undefined: there is no such school. */
export async function findConsent(db: Database, schoolId: string): Promise<PupilsRecorded | undefined> {
  return (await ofSchool(db, schoolId).executeTakeFirst())?.pupils_recorded;
}

/** @returns whether that is a change; undefined when there is no such school. */
export async function updateConsent(
  tx: DatabaseTransaction,
  schoolId: string,
  pupilsRecorded: PupilsRecorded,
): Promise<boolean | undefined> {
  const row = await ofSchool(tx, schoolId).forNoKeyUpdate().executeTakeFirst();
  if (row === undefined) return undefined;
  await tx.updateTable('school').set({ pupils_recorded: pupilsRecorded }).where('id', '=', schoolId).execute();
  return row.pupils_recorded !== pupilsRecorded;
}
