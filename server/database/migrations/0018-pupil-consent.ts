import { type Kysely, sql } from 'kysely';

/** What a school consents to have recorded of its pupils, and what it had consented to when a lesson began. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const recorded = `check (pupils_recorded in ('none', 'voices', 'voices_and_pictures'))`;

const statements = [
  // Nobody has been asked yet.
  `alter table school add column pupils_recorded text not null default 'none' ${recorded}`,
  // Null: the lesson has not begun.
  `alter table class_session_room add column pupils_recorded text ${recorded}`,
];
