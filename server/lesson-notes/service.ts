import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { countNotes, deleteNote, insertNote, listNotes, lockWriter, updateNote } from './repository.ts';
import type { LessonNote, NewLessonNote } from './schema.ts';

export interface LessonNoteOptions {
  db: Database;
  /** @throws AppError `not_found` for a session that the actor may not see */
  requireSession(actor: AccountActor, classSessionId: string): Promise<unknown>;
}

export type LessonNoteService = ReturnType<typeof createLessonNoteService>;

/** A minute each for a long morning. */
const most = 1000;
type Row = Awaited<ReturnType<typeof listNotes>>[number];

const noteOf = ({ id, at_ms: atMs, text, updated_at }: Row): LessonNote => ({
  id,
  atMs,
  text,
  updatedAt: updated_at.toISOString(),
});

/** 听课: what somebody writes down of a lesson or its recording, each note at its moment. Nobody else reads it. */
export function createLessonNoteService({ db, requireSession }: LessonNoteOptions) {
  async function notebook(actor: AccountActor, classSessionId: string) {
    await requireSession(actor, classSessionId);
    return { classSessionId, accountId: actor.id };
  }

  return {
    async list(actor: AccountActor, classSessionId: string): Promise<LessonNote[]> {
      return (await listNotes(db, await notebook(actor, classSessionId))).map(noteOf);
    },

    /** @throws AppError `limit_reached` when the notebook is full */
    async create(actor: AccountActor, classSessionId: string, note: NewLessonNote): Promise<LessonNote> {
      const own = await notebook(actor, classSessionId);
      return await db.transaction().execute(async (trx) => {
        await lockWriter(trx, own);
        if ((await countNotes(trx, own)) >= most) throw new AppError('limit_reached');
        return noteOf(await insertNote(trx, own, note));
      });
    },

    async change(actor: AccountActor, classSessionId: string, id: string, text: string): Promise<LessonNote> {
      const row = await updateNote(db, await notebook(actor, classSessionId), id, text);
      if (!row) throw new AppError('not_found');
      return noteOf(row);
    },

    async remove(actor: AccountActor, classSessionId: string, id: string): Promise<void> {
      if (!(await deleteNote(db, await notebook(actor, classSessionId), id))) throw new AppError('not_found');
    },
  };
}
