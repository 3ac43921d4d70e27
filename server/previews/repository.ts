import type { Insertable, Updateable } from 'kysely';
import type { Database } from '../database/database.ts';
import type { FileTable, PageWordsTable, PreviewTable } from '../database/tables/library.ts';
import type { ArchiveContents } from '../files/schema.ts';

/** Undefined when the file is gone. */
export function findForProcessing(db: Database, id: string) {
  return db
    .selectFrom('file')
    .select(['id', 'name', 'object_key', 'sha256', 'scan'])
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

/** Files that wait for the verdict of a virus scanner, the oldest first. */
export async function listUnjudged(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('file')
    .select('id')
    .where('scan', '=', 'waiting')
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * A text that has neither pages nor a reason for having none, or an archive of which it is not known what lies in it; the
 * newest one, as it is the likeliest to be opened.
 */
export async function findBehind(db: Database): Promise<string | undefined> {
  const row = await db
    .selectFrom('file')
    .select('id')
    .where((where) =>
      where.or([
        where.and([where('media_type', '=', 'text/plain'), where('pages', 'is', null)]),
        where.and([
          where('media_type', '=', 'application/zip'),
          where.not(
            where.exists(
              where
                .selectFrom('archive_contents')
                .whereRef('archive_contents.file_id', '=', 'file.id')
                .select('file_id'),
            ),
          ),
        ]),
      ]),
    )
    .where('state', '=', 'ready')
    .where('error_code', 'is', null)
    .where('deleted_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** A file that waits for a virus scanner waits no longer; one in which something was found stays as it is. */
export async function letIn(db: Database, id: string): Promise<void> {
  await db.updateTable('file').set({ scan: null }).where('id', '=', id).where('scan', '=', 'waiting').execute();
}

export async function replacePreviews(
  tx: Database,
  fileId: string,
  previews: Insertable<PreviewTable>[],
): Promise<void> {
  await tx.deleteFrom('preview').where('file_id', '=', fileId).execute();
  if (previews.length > 0) await tx.insertInto('preview').values(previews).execute();
}

export async function replacePageWords(
  tx: Database,
  fileId: string,
  words: Insertable<PageWordsTable>[],
): Promise<void> {
  await tx.deleteFrom('page_words').where('file_id', '=', fileId).execute();
  if (words.length > 0) await tx.insertInto('page_words').values(words).execute();
}

/** @param contents undefined for what is no archive. */
export async function replaceContents(tx: Database, fileId: string, contents?: ArchiveContents): Promise<void> {
  await tx.deleteFrom('archive_contents').where('file_id', '=', fileId).execute();
  if (contents === undefined) return;
  await tx
    .insertInto('archive_contents')
    .values({ file_id: fileId, contents: JSON.stringify(contents) })
    .execute();
}

/** @param pageTexts from page 1 on; pages without words have no row. */
export async function replacePageTexts(tx: Database, fileId: string, pageTexts: readonly string[]): Promise<void> {
  await tx.deleteFrom('page_text').where('file_id', '=', fileId).execute();
  const rows = pageTexts
    .map((text, index) => ({ file_id: fileId, number: index + 1, text }))
    .filter(({ text }) => text !== '');
  if (rows.length > 0) await tx.insertInto('page_text').values(rows).execute();
}
