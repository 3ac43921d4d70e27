import { type ExpressionBuilder, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';

export interface Quota {
  usedBytes: number;
  /** Null: no limit. */
  quotaBytes: number | null;
}

/** What a school keeps, in originals, recordings among them, and what is on its way. In one statement, so that nothing counts twice. */
export function usedBytes(e: ExpressionBuilder<Tables, 'school'>) {
  const kept = e
    .selectFrom('file')
    .select(sql<number>`coalesce(sum(file.bytes), 0)`.as('bytes'))
    .whereRef('file.school_id', '=', 'school.id')
    .where('file.deleted_at', 'is', null);
  const coming = e
    .selectFrom('upload')
    .select(sql<number>`coalesce(sum(upload.bytes), 0)`.as('bytes'))
    .whereRef('upload.school_id', '=', 'school.id')
    .where('upload.finished_at', 'is', null);
  return sql<number>`((${kept}) + (${coming}))::bigint`;
}

/** Until the transaction ends nobody else of the school is told how much room there is. */
export async function lockQuota(tx: Database, schoolId: string): Promise<Quota> {
  // Other rows may refer to the school meanwhile, so only its own columns are held.
  await tx.selectFrom('school').select('id').where('id', '=', schoolId).forNoKeyUpdate().executeTakeFirstOrThrow();
  return await tx
    .selectFrom('school')
    .select('quota_bytes as quotaBytes')
    .select((e) => usedBytes(e).as('usedBytes'))
    .where('id', '=', schoolId)
    .executeTakeFirstOrThrow();
}
