import { type Kysely, sql } from 'kysely';

/** Who let a screen become a device; and the trail by what was done. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table device_authorization add column decided_by uuid references account on delete set null`,
  `create index audit_event_action on audit_event (action, at)`,
];
