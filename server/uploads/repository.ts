import { type Insertable, type Selectable, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { UploadTable } from '../database/tables/library.ts';

export type UploadRow = Selectable<UploadTable>;

export async function newUploadId(db: Database): Promise<string> {
  const { rows } = await sql<{ id: string }>`select uuidv7() as id`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('uuidv7() gave nothing.');
  return row.id;
}

export async function insertUpload(db: Database, upload: Insertable<UploadTable>): Promise<void> {
  await db.insertInto('upload').values(upload).execute();
}

export function findUpload(db: Database, id: string): Promise<UploadRow | undefined> {
  return db.selectFrom('upload').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Holds the row until the transaction ends, so that an upload is finished once. */
export function lockUpload(tx: Database, id: string): Promise<UploadRow | undefined> {
  return tx.selectFrom('upload').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function markFinished(tx: Database, id: string): Promise<void> {
  await tx.updateTable('upload').set({ finished_at: new Date() }).where('id', '=', id).execute();
}

/** Null: it is under way as it should. The first failure of a row of them says since when. */
export async function noteFailure(db: Database, id: string, failure: string | null): Promise<void> {
  const failed_at = failure === null ? null : sql<Date>`coalesce(failed_at, now())`;
  await db.updateTable('upload').set({ failure, failed_at }).where('id', '=', id).execute();
}

export async function deleteUpload(db: Database, id: string): Promise<void> {
  await db.deleteFrom('upload').where('id', '=', id).execute();
}

export function listUploads(db: Database): Promise<UploadRow[]> {
  return db.selectFrom('upload').selectAll().orderBy('created_at').execute();
}

export async function countUnfinished(db: Database, ownerId: string): Promise<number> {
  const { count } = await db
    .selectFrom('upload')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner_id', '=', ownerId)
    .where('finished_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}
