import type { ColumnType, GeneratedAlways, JSONColumnType } from 'kysely';

type Kept<T> = ColumnType<T, T, never>;

/** Rows are only ever added; see migration 0009. */
export interface AuditEventTable {
  id: GeneratedAlways<number>;
  at: ColumnType<Date, Date | undefined, never>;
  /** Of `actions`; a newer version may have written others. */
  action: Kept<string>;
  actor_kind: Kept<'account' | 'device' | null>;
  actor_id: Kept<string | null>;
  actor_school_id: Kept<string | null>;
  subject_kind: Kept<string>;
  subject_id: Kept<string | null>;
  subject_title: Kept<string>;
  subject_school_id: Kept<string | null>;
  details: JSONColumnType<Record<string, unknown>, string, never>;
  ip_address: Kept<string | null>;
}
