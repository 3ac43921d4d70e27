import { type Kysely, sql } from 'kysely';

/** What observers of a lesson write down, each for themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table lesson_note (
     id uuid primary key default uuidv7(),
     class_session_id uuid not null references class_session on delete cascade,
     account_id uuid not null references account on delete cascade,
     -- Since the lesson began.
     at_ms int not null check (at_ms >= 0),
     text text not null check (text <> ''),
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now())`,
  `create index lesson_note_of_account on lesson_note (class_session_id, account_id, at_ms)`,
];
