import { type Kysely, sql } from 'kysely';

/** What lies in an archive, so that nobody has to take it to see that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`create table archive_contents (
      file_id uuid primary key references file on delete cascade,
      contents jsonb not null)`)
    .execute(db);
}
