import { type Kysely, sql } from 'kysely';

/** How much a school may keep. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // Null: as much as there is room for.
  `alter table school add column quota_bytes bigint check (quota_bytes >= 0)`,
  // Asked before every upload.
  `create index file_kept_by_school on file (school_id) include (bytes) where deleted_at is null`,
];
