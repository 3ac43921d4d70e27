import type { Selectable } from 'kysely';
import type { Database } from '../database/database.ts';
import { spokenPage } from '../database/tables/library.ts';
import type { CaptionTrackTable } from '../database/tables/playback.ts';
import type { Cue, NewCaptions } from './schema.ts';

export type TrackRow = Selectable<CaptionTrackTable>;

/** The oldest first. */
export function listTracks(db: Database, fileId: string): Promise<TrackRow[]> {
  return db.selectFrom('caption_track').selectAll().where('file_id', '=', fileId).orderBy('id').execute();
}

export function findTrack(db: Database, fileId: string, id: string): Promise<TrackRow | undefined> {
  return db
    .selectFrom('caption_track')
    .selectAll()
    .where('file_id', '=', fileId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Changes of a file's tracks wait for one another. @returns false when the file is gone. */
export async function holdFile(tx: Database, fileId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('file')
    .select('id')
    .where('id', '=', fileId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

export function insertTrack(tx: Database, fileId: string, named: NewCaptions, cues: readonly Cue[]): Promise<TrackRow> {
  return tx
    .insertInto('caption_track')
    .values({ file_id: fileId, ...named, cues: JSON.stringify(cues) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export interface TrackChange extends NewCaptions {
  cues: readonly Cue[];
}

export function updateTrack(tx: Database, id: string, { cues, ...named }: TrackChange): Promise<TrackRow> {
  return tx
    .updateTable('caption_track')
    .set(({ eb }) => ({
      ...named,
      cues: JSON.stringify(cues),
      revision: eb('revision', '+', 1),
      updated_at: new Date(),
    }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteTrack(tx: Database, id: string): Promise<void> {
  await tx.deleteFrom('caption_track').where('id', '=', id).execute();
}

/** What is said in a sound or a video stands before its pages: those of a class recording are its slides. */
export async function replaceText(tx: Database, fileId: string, text: string): Promise<void> {
  await tx.deleteFrom('page_text').where('file_id', '=', fileId).where('number', '=', spokenPage).execute();
  if (text !== '') await tx.insertInto('page_text').values({ file_id: fileId, number: spokenPage, text }).execute();
}
