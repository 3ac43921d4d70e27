import { type Kysely, sql } from 'kysely';

/** Bell times, terms, repeated lessons, saved groups of rooms, notices, and calendar feeds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // IANA name of the zone in which the school's clocks go.
  `alter table school add column time_zone text not null default 'Asia/Shanghai'`,
  // One without a season holds all year, but where another has its season, such as 夏季作息 from 05-01 to 09-30.
  `create table bell_schedule (
     id uuid primary key default uuidv7(),
     school_id uuid not null references school on delete cascade,
     position int not null,
     name text not null check (name <> ''),
     -- MM-DD, both included; the end may lie in the next year.
     season_from text check (season_from ~ '^[0-9]{2}-[0-9]{2}$'),
     season_to text check (season_to ~ '^[0-9]{2}-[0-9]{2}$'),
     -- [{"label": "第1节", "start": "08:00", "end": "08:40"}], in their order.
     periods jsonb not null,
     unique (school_id, position),
     check ((season_from is null) = (season_to is null)))`,

  // Of an alliance and not of a school: a lesson reaches several schools, and all of them have to mean the same days by it.
  `create table term (
     id uuid primary key default uuidv7(),
     alliance_id uuid not null references alliance on delete cascade,
     kind text not null check (kind in ('autumn', 'spring')),
     name text not null check (name <> ''),
     first_day date not null,
     last_day date not null,
     -- [{"from": "2026-10-01", "to": "2026-10-07", "name": "国庆节"}]
     days_off jsonb not null default '[]',
     -- [{"day": "2026-10-10", "insteadOf": "2026-10-07"}]
     make_up_days jsonb not null default '[]',
     created_at timestamptz not null default now(),
     check (last_day >= first_day))`,
  `create index term_of_alliance on term (alliance_id, first_day)`,

  `create table room_group (
     id uuid primary key default uuidv7(),
     alliance_id uuid not null references alliance on delete cascade,
     owner_id uuid not null references account on delete cascade,
     name text not null check (name <> ''),
     created_at timestamptz not null default now())`,
  `create unique index room_group_name on room_group (alliance_id, name)`,
  `create table room_group_room (
     room_group_id uuid not null references room_group on delete cascade,
     room_id uuid not null references room on delete cascade,
     primary key (room_group_id, room_id))`,

  `create table class_session_series (
     id uuid primary key default uuidv7(),
     -- As it was asked for. What became of each lesson since then stands in the lesson.
     repetition jsonb not null,
     created_at timestamptz not null default now())`,
  `alter table class_session
     add column series_id uuid references class_session_series,
     -- Which of the weekly times of its series it is; they can be changed apart from each other.
     add column series_slot int,
     -- Such as 第3节; null where the time was chosen freely.
     add column period_label text,
     -- Where it was first announced for, while it is elsewhere now.
     add column moved_from_start timestamptz,
     add column moved_from_end timestamptz,
     add column moved_from_label text,
     -- Why it was moved or cancelled, and when.
     add column change_reason text,
     add column changed_at timestamptz,
     -- Raised by each change that a calendar shows (RFC 5545 §3.8.7.4).
     add column sequence int not null default 0,
     add column updated_at timestamptz not null default now(),
     add check ((moved_from_start is null) = (moved_from_end is null))`,
  `create index class_session_of_series on class_session (series_id, scheduled_start) where series_id is not null`,
  `create index class_session_moved on class_session (moved_from_start) where moved_from_start is not null`,

  `create table notice (
     id uuid primary key default uuidv7(),
     account_id uuid not null references account on delete cascade,
     kind text not null check (kind in ('cancelled', 'moved', 'changed')),
     class_session_id uuid not null references class_session on delete cascade,
     data jsonb not null,
     created_at timestamptz not null default now(),
     read_at timestamptz)`,
  `create index notice_of_account on notice (account_id, created_at desc)`,

  // The address of a feed is its key, so that only what it hashes to is kept.
  `create table calendar_feed (
     id uuid primary key default uuidv7(),
     account_id uuid unique references account on delete cascade,
     room_id uuid unique references room on delete cascade,
     token_hash bytea not null unique,
     created_at timestamptz not null default now(),
     check (num_nonnulls(account_id, room_id) = 1))`,
];
