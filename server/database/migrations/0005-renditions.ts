import { type Kysely, sql } from 'kysely';

/** Videos and sounds made small for thin links, and how far that work has come. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table rendition (
     file_id uuid not null references file on delete cascade,
     name text not null check (name in ('360p', '720p', 'audio')),
     object_key text not null unique,
     bytes bigint not null check (bytes > 0),
     media_type text not null,
     -- Null of sound.
     width int,
     height int,
     -- Bits a second over the whole file, container and all.
     bitrate int not null,
     created_at timestamptz not null default now(),
     primary key (file_id, name))`,
  `create table rendition_work (
     file_id uuid primary key references file on delete cascade,
     state text not null check (state in ('working', 'done', 'failed')),
     percent int not null default 0 check (percent between 0 and 100),
     updated_at timestamptz not null default now())`,
];
