import type { Database } from '../database/database.ts';

const columns = ['id', 'at_ms', 'text', 'updated_at'] as const;
/** Whose notes of which class session. */
export interface Notebook {
  classSessionId: string;
  accountId: string;
}

export function listNotes(db: Database, { classSessionId, accountId }: Notebook) {
  return db
    .selectFrom('lesson_note')
    .select(columns)
    .where('class_session_id', '=', classSessionId)
    .where('account_id', '=', accountId)
    .orderBy('at_ms')
    .orderBy('id')
    .execute();
}

/** Of several notes of one writer at once each finds those before it. */
export async function lockWriter(trx: Database, { accountId }: Notebook): Promise<void> {
  await trx.selectFrom('account').select('id').where('id', '=', accountId).forNoKeyUpdate().execute();
}

export async function countNotes(db: Database, { classSessionId, accountId }: Notebook): Promise<number> {
  const { count } = await db
    .selectFrom('lesson_note')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('class_session_id', '=', classSessionId)
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export function insertNote(
  db: Database,
  { classSessionId, accountId }: Notebook,
  note: { atMs: number; text: string },
) {
  return db
    .insertInto('lesson_note')
    .values({ class_session_id: classSessionId, account_id: accountId, at_ms: note.atMs, text: note.text })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

export function updateNote(db: Database, { classSessionId, accountId }: Notebook, id: string, text: string) {
  return db
    .updateTable('lesson_note')
    .set({ text, updated_at: new Date() })
    .where('id', '=', id)
    .where('class_session_id', '=', classSessionId)
    .where('account_id', '=', accountId)
    .returning(columns)
    .executeTakeFirst();
}

export async function deleteNote(db: Database, { classSessionId, accountId }: Notebook, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('lesson_note')
    .where('id', '=', id)
    .where('class_session_id', '=', classSessionId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
