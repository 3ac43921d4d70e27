import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { lastPageOf } from './event-log.ts';
import type { Classroom } from './lesson.ts';
import { holdSlides, type ReadableFile, refuseSlides } from './plan.ts';
import { type ClassSessionRow, lockClassSession } from './repository.ts';
import type { LessonSlides } from './schema.ts';

export interface SlidesOptions {
  db: Database;
  classroom: Pick<Classroom, 'showSlides'>;
  readableFile: ReadableFile;
}

/** Beside the planned ones: more than anybody shows in one lesson. */
const mostShown = 50;

type Locked = NonNullable<Awaited<ReturnType<typeof lockClassSession>>>;

function filesOf(db: Database) {
  return db
    .selectFrom('file')
    .select(['file.id as fileId', 'file.name', 'file.pages', 'file.state'])
    .where('file.deleted_at', 'is', null);
}

/** What is shown in a lesson: the slides that it was planned with, and others that its presenter opens in it. */
export function createSlides({ db, classroom, readableFile }: SlidesOptions) {
  /** From now on whoever may attend the lesson may read the file. @returns whether it is new in it */
  async function bring(trx: Database, { id, slides_file_id: planned }: Locked, fileId: string): Promise<boolean> {
    if (fileId === planned) return false;
    const shown = trx.selectFrom('class_session_slides').where('class_session_id', '=', id);
    const known = (await shown.select('file_id').execute()).map(({ file_id: file }) => file);
    if (known.includes(fileId)) return false;
    if (known.length >= mostShown) throw new AppError('limit_reached');
    await trx
      .insertInto('class_session_slides')
      .values({ class_session_id: id, file_id: fileId, shown_at: new Date() })
      .execute();
    return true;
  }

  /** Before the lesson it is the plan that changes; in it the plan stays as it was. */
  async function take(actor: AccountActor, sessionId: string, fileId: string | null): Promise<Locked> {
    return await db.transaction().execute(async (trx) => {
      const row = await lockClassSession(trx, sessionId);
      if (!row) throw new AppError('not_found');
      if (row.state !== 'scheduled' && row.state !== 'live') throw new AppError('session_already_over');
      if (fileId !== null) await holdSlides(trx, fileId);
      if (row.state === 'scheduled') {
        await trx.updateTable('class_session').set({ slides_file_id: fileId }).where('id', '=', row.id).execute();
      }
      const isNew = row.state === 'scheduled' || (fileId !== null && (await bring(trx, row, fileId)));
      if (isNew) await recordEvent(trx, 'class_session.changed', { actor, id: row.id });
      return row;
    });
  }

  return {
    /** The planned ones first, then what was shown, in its order. */
    async list(session: Pick<ClassSessionRow, 'id' | 'slides_file_id'>): Promise<LessonSlides[]> {
      const planned =
        session.slides_file_id === null
          ? []
          : await filesOf(db).where('file.id', '=', session.slides_file_id).execute();
      const shown = await filesOf(db)
        .innerJoin('class_session_slides', 'class_session_slides.file_id', 'file.id')
        .where('class_session_slides.class_session_id', '=', session.id)
        .orderBy('class_session_slides.shown_at')
        .execute();
      return [...planned, ...shown];
    },

    /**
     * The presenter opens other slides, or none, for all who are in the lesson. Those that were shown before go on at the page
     * where they were.
     * @throws AppError `forbidden`, `session_already_over`, `invalid_input`, `limit_reached`, `classroom_unavailable`
     */
    async show(actor: AccountActor, session: ClassSessionRow, fileId: string | null): Promise<void> {
      if (session.presenter_id !== actor.id) throw new AppError('forbidden');
      await refuseSlides(readableFile, actor, fileId);
      const { state } = await take(actor, session.id, fileId);
      const file = fileId === null ? null : await filesOf(db).where('file.id', '=', fileId).executeTakeFirstOrThrow();
      const page = state === 'live' && fileId !== null ? await lastPageOf(db, session.id, fileId) : 1;
      const slides = file && { fileId: file.fileId, name: file.name, pages: file.pages ?? 0 };
      try {
        await classroom.showSlides(session.id, slides, page);
      } catch (cause) {
        throw new AppError('classroom_unavailable', { cause, retryAfterSeconds: 2 });
      }
    },
  };
}
