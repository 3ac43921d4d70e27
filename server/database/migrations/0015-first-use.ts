import { type Kysely, sql } from 'kysely';

/** A new device takes the place of a room's former one when it first uses its key: an answer may get lost on the way. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table device add column key_used_at timestamptz`,
  `update device set key_used_at = coalesce(last_seen_at, enrolled_at, now()) where key_hash is not null`,
  `drop index device_of_room`,
  // One that is in use, and at most one that has yet to come.
  `create unique index device_of_room on device (room_id) where key_hash is not null and key_used_at is not null`,
  `create unique index device_to_come on device (room_id) where key_hash is not null and key_used_at is null`,
  `alter table device_authorization add column fetched_at timestamptz`,
  `update device_authorization set fetched_at = coalesce(polled_at, created_at) where state = 'fetched'`,
];
