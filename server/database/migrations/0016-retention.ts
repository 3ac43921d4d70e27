import { type Kysely, sql } from 'kysely';

/** How long a school keeps recordings, which of them it keeps for ever, and who was told that one goes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // Null: for ever.
  `alter table school add column recordings_kept_days int check (recordings_kept_days between 30 and 3650)`,
  `alter table recording
     add column kept_for_ever boolean not null default false,
     -- Nothing goes before its owner has known it for a while.
     add column deletion_told_at timestamptz`,
  `alter table notice
     drop constraint notice_kind_check,
     add constraint notice_kind_check check (kind in ('cancelled', 'moved', 'changed', 'recording_expires'))`,
];
