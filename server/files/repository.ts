import type { Insertable, Selectable } from 'kysely';
import type { Database } from '../database/database.ts';
import { sessionsShowing } from '../database/lesson-slides.ts';
import type { FileTable, PreviewTable } from '../database/tables/library.ts';
import { type ArchiveContents, archiveContentsSchema } from './schema.ts';

export type FileRow = Selectable<FileTable>;
export type PreviewRow = Selectable<PreviewTable>;

const columns = [
  'id',
  'resource_id',
  'position',
  'owner_id',
  'school_id',
  'name',
  'bytes',
  'object_key',
  'declared_type',
  'media_type',
  'sha256',
  'state',
  'error_code',
  'pages',
  'total_pages',
  'duration_ms',
  'width',
  'height',
  'progress',
  'scan',
  'scan_signature',
  'created_at',
  'deleted_at',
] as const;

/** Undefined when there is no such file, or it has been deleted. */
export function findFile(db: Database, id: string): Promise<FileRow | undefined> {
  return db.selectFrom('file').select(columns).where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst();
}

/** Also a deleted one. */
export function findAnyFile(db: Database, id: string): Promise<FileRow | undefined> {
  return db.selectFrom('file').select(columns).where('id', '=', id).executeTakeFirst();
}

/** In their order. */
export function listOfResource(db: Database, resourceId: string): Promise<FileRow[]> {
  return db
    .selectFrom('file')
    .select(columns)
    .where('resource_id', '=', resourceId)
    .where('deleted_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

/** Of these files, those that have a poster. */
export async function listWithPoster(db: Database, fileIds: readonly string[]): Promise<Set<string>> {
  if (fileIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('preview')
    .select('file_id')
    .distinct()
    .where('kind', '=', 'poster')
    .where('file_id', 'in', fileIds)
    .execute();
  return new Set(rows.map((row) => row.file_id));
}

/** @returns false when the file is there already. */
export async function insertFile(db: Database, file: Insertable<FileTable>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('file')
    .values(file)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** @returns the ids of those that were not deleted before. */
export async function markDeleted(db: Database, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .updateTable('file')
    .set({ deleted_at: new Date() })
    .where('id', 'in', ids)
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Undefined for what is no archive, or was not looked into. */
export async function findContents(db: Database, fileId: string): Promise<ArchiveContents | undefined> {
  const row = await db
    .selectFrom('archive_contents')
    .select('contents')
    .where('file_id', '=', fileId)
    .executeTakeFirst();
  return row && archiveContentsSchema.parse(row.contents);
}

export function listPreviews(db: Database, fileId: string): Promise<PreviewRow[]> {
  return db.selectFrom('preview').selectAll().where('file_id', '=', fileId).execute();
}

/** Images of one page, or of whatever stands for the file in a list when no page is named. */
export function listImages(
  db: Database,
  fileId: string,
  wanted: { kind?: PreviewRow['kind']; number: number },
): Promise<PreviewRow[]> {
  const { kind, number } = wanted;
  return db
    .selectFrom('preview')
    .selectAll()
    .where('file_id', '=', fileId)
    .where('number', '=', number)
    .where('kind', 'in', kind === undefined ? ['page', 'poster', 'image'] : [kind])
    .orderBy('width')
    .execute();
}

/** Whether the preview is still the file's, and the file has not been deleted. */
export async function hasPreview(db: Database, { file_id, object_key }: PreviewRow): Promise<boolean> {
  const row = await db
    .selectFrom('preview')
    .innerJoin('file', 'file.id', 'preview.file_id')
    .select('file.id')
    .where('file.id', '=', file_id)
    .where('file.deleted_at', 'is', null)
    .where('preview.object_key', '=', object_key)
    .executeTakeFirst();
  return row !== undefined;
}

/** Of the pages that have an image, in their order; of the largest image of each. */
export function listPageSizes(db: Database, fileId: string) {
  return db
    .selectFrom('preview')
    .select(['number', 'width', 'height'])
    .distinctOn('number')
    .where('file_id', '=', fileId)
    .where('kind', '=', 'page')
    .orderBy('number')
    .orderBy('width', 'desc')
    .execute();
}

/** Where the words of a page are kept; undefined when it has none. */
export function findPageWords(db: Database, fileId: string, number: number) {
  return db
    .selectFrom('page_words')
    .select(['object_key', 'bytes'])
    .where('file_id', '=', fileId)
    .where('number', '=', number)
    .executeTakeFirst();
}

export async function deletePreviews(db: Database, fileId: string): Promise<void> {
  await db.deleteFrom('page_words').where('file_id', '=', fileId).execute();
  await db.deleteFrom('preview').where('file_id', '=', fileId).execute();
}

/** Whether a class session that is still to be held, or is being held, shows the file. */
export async function isNeededAsSlides(db: Database, fileId: string): Promise<boolean> {
  const row = await db
    .selectFrom('class_session')
    .select('id')
    .where('id', 'in', sessionsShowing(fileId))
    .where('state', 'in', ['scheduled', 'live'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Files that no resource and no class session has taken up, uploaded before `before`. Nothing takes them up until the
 * transaction ends; those that something is about to take up are left out.
 */
export async function lockUnused(tx: Database, before: Date, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('file')
    .select('id')
    .where('resource_id', 'is', null)
    .where('deleted_at', 'is', null)
    .where('created_at', '<', before)
    .where(({ not, exists, ref }) => not(exists(sessionsShowing(ref('file.id')))))
    .orderBy('created_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(({ id }) => id);
}
