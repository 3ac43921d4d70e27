import { type Kysely, sql } from 'kysely';

/** The first schema: schools, accounts, catalog, resources, class sessions, recordings. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // PostgreSQL has uuidv7() of its own from version 18 on; older ones get RFC 9562 §5.7 spelt out.
  `do $$ begin
     if to_regprocedure('pg_catalog.uuidv7()') is null then
       create function uuidv7() returns uuid language sql volatile as $f$
         select encode(
           set_bit(set_bit(
             overlay(uuid_send(gen_random_uuid())
               placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
               from 1 for 6),
             52, 1), 53, 1), 'hex')::uuid
       $f$;
     end if;
   end $$`,

  `create table school (
     id uuid primary key default uuidv7(),
     name text not null unique check (name <> ''),
     created_at timestamptz not null default now())`,
  `create table alliance (
     id uuid primary key default uuidv7(),
     name text not null unique check (name <> ''),
     kind text not null check (kind in ('led', 'remote', 'mutual')),
     created_at timestamptz not null default now())`,
  `create table alliance_school (
     alliance_id uuid not null references alliance on delete cascade,
     school_id uuid not null references school on delete cascade,
     role text not null check (role in ('lead', 'member')),
     primary key (alliance_id, school_id))`,
  `create unique index alliance_lead on alliance_school (alliance_id) where role = 'lead'`,
  `create index alliance_school_school on alliance_school (school_id)`,

  // Accounts and their sign-ins. The library that keeps them maps its models onto these names.
  `create table account (
     id uuid primary key default uuidv7(),
     name text not null check (name <> ''),
     login text not null unique,
     display_login text,
     phone text unique,
     email text not null unique,
     email_verified boolean not null default false,
     image text,
     role text not null check (role in ('teacher', 'operator', 'principal', 'office', 'admin')),
     school_id uuid references school,
     alliance_id uuid references alliance,
     disabled_at timestamptz,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now(),
     check (role not in ('teacher', 'operator', 'principal') or school_id is not null),
     check (role <> 'office' or alliance_id is not null))`,
  `create index account_school on account (school_id)`,
  `create table credential (
     id uuid primary key default uuidv7(),
     account_id uuid not null references account on delete cascade,
     external_id text not null,
     provider text not null,
     password_hash text,
     access_token text, refresh_token text, id_token text,
     access_token_expires_at timestamptz, refresh_token_expires_at timestamptz, scope text,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now())`,
  `create index credential_account on credential (account_id)`,
  `create table sign_in (
     id uuid primary key default uuidv7(),
     account_id uuid not null references account on delete cascade,
     token text not null unique,
     expires_at timestamptz not null,
     ip_address text, user_agent text,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now())`,
  `create index sign_in_account on sign_in (account_id)`,
  `create table verification (
     id uuid primary key default uuidv7(),
     identifier text not null,
     value text not null,
     expires_at timestamptz not null,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now())`,
  `create index verification_identifier on verification (identifier)`,
  // One row a name and one a network address: both are slowed down, also across processes.
  `create table attempt (
     key text primary key,
     count int not null,
     window_started_at timestamptz not null,
     locked_until timestamptz)`,

  // The token that lets somebody make the first administrator; its row goes away with its use.
  `create table set_up (
     only_row boolean primary key default true check (only_row),
     token_hash bytea not null,
     created_at timestamptz not null default now())`,

  `create table room (
     id uuid primary key default uuidv7(),
     school_id uuid not null references school,
     name text not null check (name <> ''),
     created_at timestamptz not null default now(),
     deleted_at timestamptz)`,
  `create unique index room_name on room (school_id, name) where deleted_at is null`,
  `create table device (
     id uuid primary key default uuidv7(),
     room_id uuid not null references room on delete cascade,
     name text not null check (name <> ''),
     key_hash bytea unique,
     enrolment_code_hash bytea unique,
     enrolment_expires_at timestamptz,
     enrolled_at timestamptz,
     last_seen_at timestamptz,
     revoked_at timestamptz,
     created_at timestamptz not null default now())`,
  `create index device_room on device (room_id)`,

  `create table catalog_node (
     id uuid primary key default uuidv7(),
     parent_id uuid references catalog_node,
     level text not null check (level in ('stage', 'subject', 'edition', 'grade', 'volume', 'unit', 'lesson')),
     slug text not null check (slug <> ''),
     path text not null unique,
     name text not null check (name <> ''),
     position int not null default 0,
     chief_editor text,
     publisher text)`,
  `create index catalog_node_parent on catalog_node (parent_id, position)`,

  `create table resource (
     id uuid primary key default uuidv7(),
     school_id uuid not null references school,
     owner_id uuid not null references account,
     kind text not null,
     title text not null check (title <> ''),
     description text not null default '',
     catalog_node_id uuid references catalog_node,
     licence text not null,
     visibility text not null check (visibility in ('private', 'school', 'alliance', 'public')),
     status text not null default 'draft' check (status in ('draft', 'published')),
     revision int not null default 1,
     downloads int not null default 0,
     views int not null default 0,
     published_at timestamptz,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now(),
     deleted_at timestamptz)`,
  `create index resource_owner on resource (owner_id, updated_at desc)`,
  `create index resource_school on resource (school_id)`,
  `create index resource_node on resource (catalog_node_id)`,
  `create index resource_published on resource (published_at desc) where status = 'published' and deleted_at is null`,
  `create table resource_revision (
     resource_id uuid not null references resource on delete cascade,
     number int not null,
     account_id uuid references account,
     snapshot jsonb not null,
     created_at timestamptz not null default now(),
     primary key (resource_id, number))`,

  // A file belongs to nobody's resource until it is attached; its object is immutable.
  `create table file (
     id uuid primary key default uuidv7(),
     resource_id uuid references resource on delete set null,
     position int not null default 0,
     owner_id uuid references account,
     school_id uuid not null references school,
     name text not null check (name <> ''),
     bytes bigint not null check (bytes >= 0),
     object_key text not null unique,
     declared_type text,
     media_type text not null,
     sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
     state text not null default 'uploaded' check (state in ('uploaded', 'processing', 'ready', 'failed')),
     error_code text,
     pages int,
     duration_ms bigint,
     width int,
     height int,
     content_text text,
     created_at timestamptz not null default now(),
     deleted_at timestamptz)`,
  `create index file_resource on file (resource_id, position)`,
  `create index file_loose on file (created_at) where resource_id is null`,
  `create table preview (
     file_id uuid not null references file on delete cascade,
     kind text not null check (kind in ('page', 'poster', 'image')),
     number int not null default 1,
     width int not null,
     height int not null,
     object_key text not null unique,
     media_type text not null,
     bytes bigint not null,
     primary key (file_id, kind, number, width))`,

  `create table outbox (
     id bigint generated always as identity primary key,
     entity text not null check (entity in ('resource')),
     entity_id uuid not null,
     created_at timestamptz not null default now())`,

  `create table class_session (
     id uuid primary key default uuidv7(),
     alliance_id uuid not null references alliance,
     school_id uuid not null references school,
     presenter_id uuid not null references account,
     title text not null check (title <> ''),
     catalog_node_id uuid references catalog_node,
     slides_file_id uuid references file,
     state text not null default 'scheduled' check (state in ('scheduled', 'live', 'ended', 'published', 'cancelled')),
     music boolean not null default false,
     scheduled_start timestamptz not null,
     scheduled_end timestamptz not null,
     started_at timestamptz,
     ended_at timestamptz,
     -- While live: when the process that holds its room last said so.
     seen_at timestamptz,
     created_at timestamptz not null default now(),
     check (scheduled_end > scheduled_start))`,
  `create index class_session_time on class_session (scheduled_start)`,
  `create index class_session_presenter on class_session (presenter_id, scheduled_start)`,
  `create index class_session_live on class_session (seen_at) where state = 'live'`,
  `create table class_session_room (
     class_session_id uuid not null references class_session on delete cascade,
     room_id uuid not null references room,
     primary key (class_session_id, room_id))`,
  `create index class_session_room_room on class_session_room (room_id)`,
  // Who was here from when to when, and which page was shown.
  `create table class_event (
     id bigint generated always as identity primary key,
     class_session_id uuid not null references class_session on delete cascade,
     at timestamptz not null,
     kind text not null,
     data jsonb not null)`,
  `create index class_event_session on class_event (class_session_id, at)`,

  `create table recording (
     id uuid primary key default uuidv7(),
     class_session_id uuid not null unique references class_session,
     -- How many recorders have written to it, one after the other.
     recorders int not null default 0,
     state text not null default 'armed'
       check (state in ('armed', 'recording', 'interrupted', 'finishing', 'finished', 'failed')),
     resource_id uuid unique references resource on delete set null,
     started_at timestamptz,
     duration_ms bigint,
     completeness double precision,
     timeline jsonb,
     failure text,
     created_at timestamptz not null default now())`,
  `create table recording_state_change (
     id bigint generated always as identity primary key,
     recording_id uuid not null references recording on delete cascade,
     state text not null,
     reason text,
     at timestamptz not null default now(),
     unique (recording_id, at, state))`,
  `create table recording_track (
     recording_id uuid not null references recording on delete cascade,
     id text not null,
     epoch int not null,
     participant_id text not null,
     role text not null check (role in ('presenter', 'receiver')),
     room_id uuid references room,
     source text not null,
     kind text not null check (kind in ('audio', 'video')),
     mime_type text not null,
     clock_rate int not null,
     channels int,
     opened_at timestamptz not null,
     primary key (recording_id, id))`,
  `create table recording_chunk (
     recording_id uuid not null,
     track_id text not null,
     epoch int not null,
     number int not null,
     object_key text not null unique,
     bytes bigint not null,
     sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
     packets int not null,
     first_sequence bigint not null,
     last_sequence bigint not null,
     first_arrival timestamptz not null,
     last_arrival timestamptz not null,
     primary key (recording_id, track_id, epoch, number),
     foreign key (recording_id, track_id) references recording_track on delete cascade)`,
  // Slide turns, hands, stage calls: the timeline that the recording is replayed with.
  `create table recording_event (
     id bigint generated always as identity primary key,
     recording_id uuid not null references recording on delete cascade,
     at timestamptz not null,
     type text not null,
     data jsonb not null,
     unique (recording_id, at, type, data))`,
];
