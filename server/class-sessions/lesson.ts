import type { JoinClaims, RecordedFromRoom, SessionDescription, Slides } from '../../media/index.ts';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor, Actor, DeviceActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { mayEnd } from './policy.ts';
import { keepConsent, recordedFromRooms } from './recorded-rooms.ts';
import { accountName, type ClassSessionRow, lockClassSession } from './repository.ts';

/** What class sessions need of the media node. */
export interface Classroom {
  startSession(classSessionId: string, recordedFromRooms: RecordedFromRoom[]): Promise<void>;
  /** Whether its room is open here and live. */
  isLive(classSessionId: string): boolean;
  endSession(classSessionId: string, reason: 'presenter' | 'abandoned' | 'cancelled'): Promise<void>;
  /** A session that has not begun was changed. */
  refreshSession(classSessionId: string): Promise<void>;
  /** The presenter of one that is live, or to be, opens other slides, or none, at this page. */
  showSlides(classSessionId: string, slides: Slides | null, page: number): Promise<void>;
  /** Somebody has counted who sits in a room, outside the lesson. */
  headsCounted(event: { classSessionId: string; roomId: string; count: number; at: number }): Promise<void>;
  /** An account or a device has lost its access to these. */
  putOut(holderId: string, seats: { classSessionIds: ReadonlySet<string> }): void;
}

/** What class sessions need of the recordings. What is handed a transaction is part of it. */
export interface SessionRecordings {
  arm(trx: Database, classSessionId: string, at: Date): Promise<void>;
  /** `recorderGone`: nobody will say any more that the last chunk is written. */
  finishLater(trx: Database, classSessionId: string, recorderGone: boolean): Promise<void>;
  /** What was drawn in it so far, and what passed between presenter and rooms. */
  soFar(classSessionId: string): Promise<Required<Pick<SessionDescription, 'ink' | 'floor'>>>;
}

export interface LessonOptions {
  db: Database;
  classroom: Classroom;
  recordings: SessionRecordings;
  /** Signs what a participant may do in the classroom; good for 60 s from `at`, and one use. */
  signJoinToken(claims: JoinClaims, at?: number): Promise<string>;
}

/** Rooms may enter so long before the lesson, and then wait inside. */
const earlyMs = 10 * 60 * 1000;
/** How soon whoever waits asks again: often when the lesson is about to begin. */
const nearMs = earlyMs;
const askAgainSeconds = { near: 3, far: 30 };

/**
 * A live session is over: writes it down and has its recording finished, at once or not at all.
 * @returns false when it was not live any more.
 */
export async function closeClassSession(
  db: Database,
  recordings: Pick<SessionRecordings, 'finishLater'>,
  end: { classSessionId: string; at: Date; recorderGone: boolean; by?: AccountActor },
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const closed = await trx
      .updateTable('class_session')
      .set({ state: 'ended', ended_at: end.at })
      .where('id', '=', end.classSessionId)
      .where('state', '=', 'live')
      .returning('id')
      .executeTakeFirst();
    if (!closed) return false;
    await recordings.finishLater(trx, end.classSessionId, end.recorderGone);
    await recordEvent(trx, 'class_session.ended', { actor: end.by ?? null, id: end.classSessionId });
    return true;
  });
}

/** Whether a room may wait inside: the lesson is about to begin, or is late. */
function isDue({ scheduled_start: start, scheduled_end: end }: ClassSessionRow, now: number): boolean {
  return start.getTime() - earlyMs <= now && now < end.getTime();
}

/** The longest name that a token carries. */
const shown = (name: string) => name.slice(0, 100);

function roomClaims(actor: DeviceActor, session: ClassSessionRow) {
  const room = session.rooms.find((candidate) => candidate.id === actor.roomId);
  if (!room) throw new AppError('not_found');
  return {
    role: 'receiver',
    classSessionId: session.id,
    name: shown(`${room.school_name} · ${room.name}`),
    // In a music lesson the microphones of the rooms stay closed.
    sources: session.music ? ['camera'] : ['camera', 'microphone'],
    deviceId: actor.id,
    roomId: room.id,
  } satisfies JoinClaims;
}

/** The presenter may enter before the lesson, to set up, and rooms ten minutes early; observers once it is live. */
function refuseClosed(actor: Actor, session: ClassSessionRow): void {
  if (session.state !== 'scheduled' && session.state !== 'live') throw new AppError('session_already_over');
  const presents = actor.kind === 'account' && actor.id === session.presenter_id;
  const waits = actor.kind === 'device' && isDue(session, Date.now());
  if (session.state === 'live' || presents || waits) return;
  const near = session.scheduled_start.getTime() - Date.now() < nearMs;
  throw new AppError('session_not_live', { retryAfterSeconds: near ? askAgainSeconds.near : askAgainSeconds.far });
}

/** From 开始上课 to 下课. Sessions come as rows that the actor may see. */
export function createLesson({ db, classroom, recordings, signJoinToken }: LessonOptions) {
  async function personClaims(actor: AccountActor, session: ClassSessionRow) {
    const shared = {
      classSessionId: session.id,
      accountId: actor.id,
      ...(actor.signInId !== undefined && { signInId: actor.signInId }),
      name: shown(await accountName(db, actor.id)),
    };
    return session.presenter_id === actor.id
      ? ({
          ...shared,
          role: 'presenter',
          sources: ['camera', 'microphone', 'screen', 'screenAudio'],
        } satisfies JoinClaims)
      : ({ ...shared, role: 'observer', sources: [] } satisfies JoinClaims);
  }

  return {
    /**
     * The presenter begins: the session is live and its recording armed, in one step; again is harmless.
     * @throws AppError `forbidden`, `session_already_over`, `classroom_unavailable`
     */
    async start(actor: AccountActor, id: string): Promise<void> {
      const now = new Date();
      await db.transaction().execute(async (trx) => {
        const row = await lockClassSession(trx, id);
        if (!row) throw new AppError('not_found');
        if (row.presenter_id !== actor.id) throw new AppError('forbidden');
        if (row.state === 'live') return;
        if (row.state !== 'scheduled') throw new AppError('session_already_over');
        await trx
          .updateTable('class_session')
          .set({ state: 'live', started_at: now, seen_at: now })
          .where('id', '=', id)
          .execute();
        await keepConsent(trx, id);
        await recordings.arm(trx, id, now);
        await recordEvent(trx, 'class_session.started', { actor, id });
      });
      try {
        await classroom.startSession(id, await recordedFromRooms(db, id));
      } catch (cause) {
        throw new AppError('classroom_unavailable', { cause, retryAfterSeconds: 2 });
      }
    },

    /** @throws AppError `session_already_over`; `session_not_live` with the time after which to ask again */
    async join(actor: Actor, session: ClassSessionRow) {
      refuseClosed(actor, session);
      const claims = actor.kind === 'device' ? roomClaims(actor, session) : await personClaims(actor, session);
      return { token: await signJoinToken(claims, actor.knownAt), role: claims.role };
    },

    /** A phone beside the room's screen, which sends no media. @throws AppError as `join` */
    async assist(actor: DeviceActor, session: ClassSessionRow) {
      refuseClosed(actor, session);
      const claims = { ...roomClaims(actor, session), role: 'assistant' as const, sources: [] };
      return { token: await signJoinToken(claims, actor.knownAt), role: claims.role };
    },

    /** Ending what is over is harmless. @throws AppError `forbidden`, `session_not_live` */
    async end(actor: AccountActor, session: ClassSessionRow): Promise<void> {
      const { state, alliance_id: allianceId, school_id: schoolId, presenter_id: presenterId } = session;
      if (!mayEnd(actor, { state, allianceId, schoolId, presenterId })) throw new AppError('forbidden');
      if (state === 'scheduled') throw new AppError('session_not_live');
      if (state !== 'live') return;
      const recorderGone = !classroom.isLive(session.id);
      await classroom.endSession(session.id, 'presenter');
      const end = { classSessionId: session.id, at: new Date(), recorderGone, by: actor };
      await closeClassSession(db, recordings, end);
    },
  };
}
