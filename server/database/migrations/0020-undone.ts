import { type Kysely, sql } from 'kysely';

/** What could not be done, so that an administrator sees it: resources that the index refuses, uploads that find no end. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table index_refusal (
     resource_id uuid primary key references resource on delete cascade,
     reason text not null,
     refused_at timestamptz not null default now())`,
  // Both are null until the server has tried in vain to end it.
  `alter table upload
     add column failure text,
     add column failed_at timestamptz,
     add check ((failure is null) = (failed_at is null))`,
];
