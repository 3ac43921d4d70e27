import type { Selectable } from 'kysely';
import type { Database } from '../../database/database.ts';
import type { RenditionTable } from '../../database/tables/renditions.ts';

export type RenditionRow = Selectable<RenditionTable>;

export function listRenditions(db: Database, fileId: string): Promise<RenditionRow[]> {
  return db.selectFrom('rendition').selectAll().where('file_id', '=', fileId).orderBy('bitrate').execute();
}

export function findSprite(db: Database, fileId: string) {
  return db.selectFrom('scrub_sprite').selectAll().where('file_id', '=', fileId).executeTakeFirst();
}

export function findWaveform(db: Database, fileId: string) {
  return db.selectFrom('waveform').select('peaks').where('file_id', '=', fileId).executeTakeFirst();
}

export async function hasWaveform(db: Database, fileId: string): Promise<boolean> {
  const row = await db.selectFrom('waveform').select('file_id').where('file_id', '=', fileId).executeTakeFirst();
  return row !== undefined;
}

export function findWork(db: Database, fileId: string) {
  return db.selectFrom('rendition_work').selectAll().where('file_id', '=', fileId).executeTakeFirst();
}
