import type { Insertable, Selectable } from 'kysely';
import type { Database } from '../../database/database.ts';
import type { ScrubSpriteTable } from '../../database/tables/playback.ts';
import type { RenditionTable, RenditionWorkTable } from '../../database/tables/renditions.ts';

type RenditionRow = Selectable<RenditionTable>;

export function listRenditions(db: Database, fileId: string): Promise<RenditionRow[]> {
  return db.selectFrom('rendition').selectAll().where('file_id', '=', fileId).orderBy('bitrate').execute();
}

export function findWork(db: Database, fileId: string) {
  return db.selectFrom('rendition_work').selectAll().where('file_id', '=', fileId).executeTakeFirst();
}

/** Undefined when the file is gone. Within a transaction it stays until its end. */
export function holdFile(tx: Database, fileId: string) {
  return tx
    .selectFrom('file')
    .select(['id', 'object_key', 'media_type'])
    .where('id', '=', fileId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export async function isThere(db: Database, fileId: string): Promise<boolean> {
  const row = await db
    .selectFrom('file')
    .select('id')
    .where('id', '=', fileId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertRendition(tx: Database, row: Insertable<RenditionTable>): Promise<void> {
  await tx.insertInto('rendition').values(row).execute();
}

export async function deleteRendition(db: Database, fileId: string, name: RenditionRow['name']): Promise<void> {
  await db.deleteFrom('rendition').where('file_id', '=', fileId).where('name', '=', name).execute();
}

/** Leaves what was done before. */
export async function beginWork(tx: Database, fileId: string): Promise<void> {
  await tx
    .insertInto('rendition_work')
    .values({ file_id: fileId, state: 'working' })
    .onConflict((conflict) => conflict.column('file_id').doNothing())
    .execute();
}

export async function saveWork(
  db: Database,
  fileId: string,
  work: Pick<Selectable<RenditionWorkTable>, 'state' | 'percent'> & { version?: number },
): Promise<void> {
  const values = { ...work, updated_at: new Date() };
  await db
    .insertInto('rendition_work')
    .values({ file_id: fileId, ...values })
    .onConflict((conflict) => conflict.column('file_id').doUpdateSet(values))
    .execute();
}

export function findSprite(db: Database, fileId: string) {
  return db.selectFrom('scrub_sprite').selectAll().where('file_id', '=', fileId).executeTakeFirst();
}

export async function insertSprite(tx: Database, row: Insertable<ScrubSpriteTable>): Promise<void> {
  await tx.insertInto('scrub_sprite').values(row).execute();
}

export async function hasWaveform(db: Database, fileId: string): Promise<boolean> {
  const row = await db.selectFrom('waveform').select('file_id').where('file_id', '=', fileId).executeTakeFirst();
  return row !== undefined;
}

export async function insertWaveform(tx: Database, fileId: string, peaks: readonly number[]): Promise<void> {
  await tx
    .insertInto('waveform')
    .values({ file_id: fileId, peaks: JSON.stringify(peaks) })
    .execute();
}

/**
 * A video or sound of which not all has been made that is made today: it was uploaded before, or its work was broken
 * off. The newest one, as it is the likeliest to be opened.
 */
export function findLacking(db: Database, version: number, now: Date) {
  const [aWhile, aDay] = [new Date(now.getTime() - 15 * 60_000), new Date(now.getTime() - 24 * 60 * 60_000)];
  return db
    .selectFrom('file')
    .leftJoin('rendition_work as work', 'work.file_id', 'file.id')
    .select('file.id')
    .where('file.state', '=', 'ready')
    .where('file.duration_ms', 'is not', null)
    .where('file.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('work.state', 'is', null),
        eb.and([eb('work.state', '=', 'done'), eb('work.version', '<', version)]),
        eb.and([eb('work.state', '=', 'working'), eb('work.updated_at', '<', aWhile)]),
        // Of what was broken off for no fault of its own.
        eb.and([eb('work.state', '=', 'failed'), eb('work.version', '<', version), eb('work.updated_at', '<', aDay)]),
      ]),
    )
    .orderBy('file.created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}
