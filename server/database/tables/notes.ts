import type { Generated } from 'kysely';
import type { Created, Updated } from './columns.ts';

export interface LessonNoteTable {
  id: Generated<string>;
  class_session_id: string;
  account_id: string;
  /** Since the lesson began. */
  at_ms: number;
  text: string;
  created_at: Created;
  updated_at: Updated;
}
