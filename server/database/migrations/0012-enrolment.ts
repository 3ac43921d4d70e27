import { type Kysely, sql } from 'kysely';

/** A screen asks to become a room's device (RFC 8628), and what a device found when it checked itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // Both codes are secrets for a quarter of an hour, so only their hashes are kept.
  `create table device_authorization (
     id uuid primary key default uuidv7(),
     device_code_hash bytea not null unique,
     user_code_hash bytea not null unique,
     browser text not null,
     screen text,
     address text not null,
     state text not null default 'pending' check (state in ('pending', 'denied', 'confirmed', 'fetched')),
     room_id uuid references room on delete cascade,
     name text,
     device_id uuid references device on delete cascade,
     poll_seconds int not null,
     polled_at timestamptz,
     created_at timestamptz not null default now(),
     expires_at timestamptz not null,
     check (state not in ('confirmed', 'fetched') or room_id is not null and name is not null),
     check (state <> 'fetched' or device_id is not null))`,
  `create index device_authorization_expiry on device_authorization (expires_at)`,

  // A room has one device at a time: of those that share one, the one seen last stays.
  `update device set revoked_at = now(), key_hash = null, enrolment_code_hash = null
   where key_hash is not null and id not in (
     select distinct on (room_id) id from device where key_hash is not null
     order by room_id, last_seen_at desc nulls last, enrolled_at desc nulls last)`,
  `create unique index device_of_room on device (room_id) where key_hash is not null`,
  // Browsers forget a cookie after 400 days: it is sent anew long before.
  `alter table device add column key_sent_at timestamptz`,

  // The last check of each room, and the one that was asked for since.
  `create table room_check (
     room_id uuid primary key references room on delete cascade,
     asked_at timestamptz,
     device_id uuid references device on delete set null,
     at timestamptz,
     reason text check (reason in ('power_on', 'before_lesson', 'asked')),
     found jsonb,
     check ((at is null) = (found is null) and (at is null) = (reason is null)))`,
];
