import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

export function findPosition(db: Database, accountId: string, fileId: string) {
  return db
    .selectFrom('playback_position')
    .select(['position_ms', 'updated_at'])
    .where('account_id', '=', accountId)
    .where('file_id', '=', fileId)
    .executeTakeFirst();
}

/** Unless a newer one is known. */
export async function savePosition(
  db: Database,
  row: { account_id: string; file_id: string; position_ms: number; updated_at: Date },
): Promise<void> {
  await db
    .insertInto('playback_position')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'file_id'])
        .doUpdateSet({ position_ms: row.position_ms, updated_at: row.updated_at })
        .where('playback_position.updated_at', '<=', row.updated_at),
    )
    .execute();
}

/** What the account has begun, the last one first; files of resources only. */
export function listBegun(db: Database, accountId: string, limit: number) {
  return db
    .selectFrom('playback_position')
    .innerJoin('file', 'file.id', 'playback_position.file_id')
    .select([
      'file.id as fileId',
      'file.name as fileName',
      'file.media_type as mediaType',
      'file.resource_id as resourceId',
      'playback_position.position_ms as positionMs',
      sql<number>`coalesce(file.duration_ms, 0)`.as('durationMs'),
      sql<boolean>`exists (select from preview where preview.file_id = file.id and preview.kind = 'poster')`.as(
        'hasPoster',
      ),
    ])
    .where('playback_position.account_id', '=', accountId)
    .where('playback_position.position_ms', '>', 0)
    .where('file.deleted_at', 'is', null)
    .where('file.resource_id', 'is not', null)
    .$narrowType<{ resourceId: string }>()
    .orderBy('playback_position.updated_at', 'desc')
    .limit(limit)
    .execute();
}
