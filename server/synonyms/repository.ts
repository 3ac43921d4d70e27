import { sql } from 'kysely';
import type { Database } from '../database/database.ts';

const columns = ['id', 'words', 'updated_at as updatedAt'] as const;

/** In the order in which they were made. */
export function listGroups(db: Database) {
  return db.selectFrom('synonym_group').select(columns).orderBy('id').execute();
}

export function insertGroup(db: Database, words: readonly string[]) {
  return db
    .insertInto('synonym_group')
    .values({ words: [...words] })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Undefined when there is no such group. */
export function updateGroup(db: Database, id: string, words: readonly string[]) {
  return db
    .updateTable('synonym_group')
    .set({ words: [...words], updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirst();
}

/** @returns its words; null when there is no such group. */
export async function deleteGroup(db: Database, id: string): Promise<string[] | null> {
  const row = await db.deleteFrom('synonym_group').where('id', '=', id).returning('words').executeTakeFirst();
  return row?.words ?? null;
}
