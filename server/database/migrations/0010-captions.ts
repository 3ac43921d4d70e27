import { type Kysely, sql } from 'kysely';

/** What the player needs besides renditions: captions, pictures and peaks for its seek bar, and where people stopped. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table caption_track (
     id uuid primary key default uuidv7(),
     file_id uuid not null references file on delete cascade,
     kind text not null check (kind in ('captions', 'subtitles')),
     -- BCP 47
     language text not null,
     label text not null,
     -- [{"startMs": 0, "endMs": 1500, "text": "…"}], in their order.
     cues jsonb not null,
     revision int not null default 1,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now())`,
  `create index caption_track_of_file on caption_track (file_id)`,

  // One image of many small frames, a frame every interval_ms.
  `create table scrub_sprite (
     file_id uuid primary key references file on delete cascade,
     object_key text not null unique,
     bytes int not null,
     -- Of one frame.
     width int not null,
     height int not null,
     columns int not null,
     frames int not null check (frames > 0),
     interval_ms int not null check (interval_ms > 0))`,
  // Lowest and highest of each part, in turns, from -100 to 100.
  `create table waveform (
     file_id uuid primary key references file on delete cascade,
     peaks jsonb not null)`,

  // What is said in a file stands before its pages, as number 0.
  `alter table page_text drop constraint page_text_number_check, add check (number >= 0)`,

  // What is made of a video grows with the versions of the server; a file of an older one is looked at again.
  `alter table rendition_work add column version int not null default 0`,

  // 0: played to its end.
  `create table playback_position (
     account_id uuid not null references account on delete cascade,
     file_id uuid not null references file on delete cascade,
     position_ms int not null check (position_ms >= 0),
     updated_at timestamptz not null,
     primary key (account_id, file_id))`,
  `create index playback_position_latest on playback_position (account_id, updated_at desc) where position_ms > 0`,
];
