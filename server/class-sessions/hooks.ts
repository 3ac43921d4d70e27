import type { Logger } from 'pino';
import type { Presence, SessionDescription, SessionHooks } from '../../media/index.ts';
import type { Database } from '../database/database.ts';
import { type ClassEvent, createEventLog, lastHeadCounts, lastSlide, stillIn } from './event-log.ts';
import { closeClassSession, type SessionRecordings } from './lesson.ts';
import { recordedFromRooms } from './recorded-rooms.ts';

export interface SessionHooksOptions {
  db: Database;
  recordings: Pick<SessionRecordings, 'finishLater' | 'soFar'>;
  log: Logger;
}

/** A lesson that takes so much longer than planned has been forgotten. */
const overtimeMs = 2 * 60 * 60 * 1000;

/** What the classroom asks of, and tells to, the class sessions. */
export function createSessionHooks({ db, recordings, log }: SessionHooksOptions): SessionHooks {
  const events = createEventLog(db);

  function presence(kind: 'joined' | 'left') {
    return async (event: Presence): Promise<void> => {
      const { classSessionId, at, ...data } = event;
      await events.append(classSessionId, at, { kind, data } satisfies ClassEvent);
    };
  }

  /** A room that opens is empty: of whoever is still in it, a server that died has not told that they left. */
  async function tellOfTheGone(classSessionId: string, seenAt: Date | null): Promise<void> {
    // A room that has closed here just now has told it.
    await events.settled();
    const gone = await stillIn(db, classSessionId);
    await Promise.all(
      gone.map(({ at, who }) =>
        events.append(classSessionId, Math.max(at, seenAt?.getTime() ?? at), { kind: 'left', data: who }),
      ),
    );
  }

  return {
    async describe(classSessionId): Promise<SessionDescription | null> {
      const session = await db
        .selectFrom('class_session')
        .selectAll()
        .where('id', '=', classSessionId)
        .executeTakeFirst();
      if (session?.state !== 'scheduled' && session?.state !== 'live') return null;
      await tellOfTheGone(classSessionId, session.seen_at);
      const rooms = await db
        .selectFrom('class_session_room')
        .select('room_id')
        .where('class_session_id', '=', classSessionId)
        .execute();
      const last = session.state === 'live' ? await lastSlide(db, session) : null;
      const fileId = last ? last.fileId : session.slides_file_id;
      const file =
        fileId === null
          ? null
          : await db
              .selectFrom('file')
              .select(['id', 'name', 'pages'])
              .where('id', '=', fileId)
              .where('deleted_at', 'is', null)
              .executeTakeFirst();
      return {
        title: session.title,
        state: session.state,
        scheduledStart: session.scheduled_start.getTime(),
        startedAt: session.started_at?.getTime() ?? null,
        longestMs: session.scheduled_end.getTime() - session.scheduled_start.getTime() + overtimeMs,
        music: session.music,
        slides: file ? { fileId: file.id, name: file.name, pages: file.pages ?? 0 } : null,
        page: last?.page ?? 1,
        roomIds: rooms.map((room) => room.room_id),
        recordedFromRooms: await recordedFromRooms(db, classSessionId),
        headCounts: await lastHeadCounts(db, classSessionId),
        ...(session.state === 'live' && (await recordings.soFar(classSessionId))),
      };
    },

    async pagesOf(fileId) {
      const file = await db.selectFrom('file').select('pages').where('id', '=', fileId).executeTakeFirst();
      return file?.pages ?? 0;
    },

    async ended({ classSessionId, reason, at }) {
      const closed = await closeClassSession(db, recordings, { classSessionId, at: new Date(at), recorderGone: false });
      if (closed) {
        log.info({ classSessionId, reason }, 'class session ended');
      }
    },

    participantJoined: presence('joined'),
    participantLeft: presence('left'),

    async audioReceived({ classSessionId, at, ...data }) {
      await events.append(classSessionId, at, { kind: 'audio', data });
    },

    async headCountConfirmed({ classSessionId, at, ...data }) {
      await events.append(classSessionId, at, { kind: 'head_count', data });
    },

    async slideTurned({ classSessionId, fileId, page, at }) {
      await events.append(classSessionId, at, { kind: 'slide', data: { fileId, page } });
    },
  };
}
