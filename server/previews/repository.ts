import type { Insertable, Updateable } from 'kysely';
import type { Database } from '../database/database.ts';
import type { FileTable, PreviewTable } from '../database/tables/library.ts';

/** Undefined when the file is gone. */
export function findForProcessing(db: Database, id: string) {
  return db
    .selectFrom('file')
    .select(['id', 'name', 'object_key', 'sha256'])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

/** @returns false when the file is gone. */
export async function changeFile(tx: Database, id: string, change: Updateable<FileTable>): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('file')
    .set(change)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function replacePreviews(
  tx: Database,
  fileId: string,
  previews: Insertable<PreviewTable>[],
): Promise<void> {
  await tx.deleteFrom('preview').where('file_id', '=', fileId).execute();
  if (previews.length > 0) await tx.insertInto('preview').values(previews).execute();
}
