import { type Kysely, sql } from 'kysely';

/** Uploads that are under way: whose they are, and what was promised. A finished one becomes a file of the same id. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table upload (
     id uuid primary key,
     owner_id uuid not null references account on delete cascade,
     school_id uuid not null references school,
     name text not null check (name <> ''),
     bytes bigint not null check (bytes >= 0),
     declared_type text,
     sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
     created_at timestamptz not null default now(),
     finished_at timestamptz)`,
  `create index upload_owner on upload (owner_id)`,
];
