import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { closeClassSession, type SessionRecordings } from './lesson.ts';

export interface WatchOptions {
  db: Database;
  classroom: { activeSessions(): { classSessionId: string; live: boolean }[] };
  recordings: Pick<SessionRecordings, 'finishLater'>;
  log: Logger;
  /** How long a live session may be in nobody's hands before it is ended. */
  graceMs?: number;
  everyMs?: number;
}

export interface ClassSessionWatch {
  close(): Promise<void>;
}

/**
 * A live session is leased by the process whose media node holds its room. After a crash the presenter has the grace
 * to come back, which opens the room anew; if nobody does, the session is ended and its recording finished.
 */
export function watchClassSessions(options: WatchOptions): ClassSessionWatch {
  const { db, classroom, recordings, log, graceMs = 120_000, everyMs = 15_000 } = options;
  const startedAt = Date.now();

  async function renew(): Promise<void> {
    const held = classroom.activeSessions().flatMap((session) => (session.live ? [session.classSessionId] : []));
    if (held.length === 0) return;
    await db
      .updateTable('class_session')
      .set({ seen_at: new Date() })
      .where('id', 'in', held)
      .where('state', '=', 'live')
      .execute();
  }

  async function endForsaken(): Promise<void> {
    const now = Date.now();
    // Nobody could come back while the server was down, so the grace counts from its start at the earliest.
    if (now - startedAt < graceMs) return;
    const forsaken = await db
      .selectFrom('class_session')
      .select(['id', 'seen_at'])
      .where('state', '=', 'live')
      .where('seen_at', '<', new Date(now - graceMs))
      .$narrowType<{ seen_at: Date }>()
      .execute();
    for (const { id, seen_at: at } of forsaken) {
      if (await closeClassSession(db, recordings, { classSessionId: id, at, recorderGone: true })) {
        log.warn({ classSessionId: id }, 'class session was in nobody’s hands and has been ended');
      }
    }
  }

  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let round = Promise.resolve();

  async function once(): Promise<void> {
    try {
      await renew();
      await endForsaken();
    } catch (error) {
      log.error({ err: error }, 'watching the class sessions failed; it is tried again');
    }
    if (!closed) timer = setTimeout(next, everyMs);
  }
  function next(): void {
    round = once();
  }
  next();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await round;
    },
  };
}
