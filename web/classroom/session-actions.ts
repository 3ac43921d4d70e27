import type { ClassSession } from '../api/types.ts';
import type { TextKey } from '../locales/text.ts';

export interface SessionAction {
  key: TextKey;
  to: string;
  /** The one thing to do now. */
  urgent: boolean;
}

const soonMs = 30 * 60_000;

/** What the reader can do with a session now: set up, teach, listen, or see it again. */
export function sessionAction(session: ClassSession, now: number): SessionAction | null {
  const { id, may, state, recording } = session;
  if (may.present) {
    const live = state === 'live';
    const early = Date.parse(session.scheduledStart) - now >= soonMs;
    // A lesson that was never held does not stand in the way of the next one.
    const over = Date.parse(session.scheduledEnd) <= now;
    const key = live ? 'enter' : early ? 'prepare' : 'start';
    return { key: `classroom.timetable.${key}`, to: `/studio/${id}`, urgent: live || !(early || over) };
  }
  if (may.observe && state === 'live')
    return { key: 'classroom.timetable.observe', to: `/observe/${id}`, urgent: true };
  if (recording?.resourceId)
    return { key: 'classroom.timetable.replay', to: `/resources/${recording.resourceId}`, urgent: false };
  return null;
}
