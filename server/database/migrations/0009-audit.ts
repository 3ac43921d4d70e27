import { type Kysely, sql } from 'kysely';

/** Who saw, took and changed what; and what the virus scanner said of a file. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // Without references: an event outlives what it tells of, under the title that this then had.
  `create table audit_event (
     id bigint primary key generated always as identity,
     at timestamptz(3) not null default clock_timestamp(),
     action text not null,
     actor_kind text check (actor_kind in ('account', 'device')),
     actor_id uuid,
     actor_school_id uuid,
     subject_kind text not null,
     subject_id uuid,
     subject_title text not null default '',
     subject_school_id uuid,
     details jsonb not null default '{}',
     ip_address text,
     check ((actor_kind is null) = (actor_id is null)))`,
  `create index audit_event_time on audit_event (at, id)`,
  `create index audit_event_actor on audit_event (actor_id, at) where actor_id is not null`,
  `create index audit_event_subject on audit_event (subject_id, at) where subject_id is not null`,
  `create index audit_event_actor_school on audit_event (actor_school_id, at) where actor_school_id is not null`,
  `create index audit_event_subject_school on audit_event (subject_school_id, at) where subject_school_id is not null`,

  // A trigger and not taken rights: the server is the owner of the table it migrates, and an owner's rights are his to give
  // back. It stops a mistake in the code and a hand at the console alike; only rows that the retention job, in its own
  // transaction, has named as expired can go.
  `create function audit_event_kept() returns trigger language plpgsql as $f$
   begin
     if tg_op = 'DELETE' then
       if old.at < nullif(current_setting('tongke.audit_expired_before', true), '')::timestamptz then return old; end if;
     end if;
     raise exception 'audit_event is only ever added to' using errcode = 'insufficient_privilege';
   end $f$`,
  `create trigger audit_event_kept before update or delete on audit_event
     for each row execute function audit_event_kept()`,
  `create trigger audit_event_not_emptied before truncate on audit_event
     for each statement execute function audit_event_kept()`,

  // Null: uploaded while no scanner was configured, or made by ourselves.
  `alter table file
     add column scan text check (scan in ('waiting', 'clean', 'oversized', 'infected')),
     add column scan_signature text`,
];
