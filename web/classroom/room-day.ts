import { type ComputedRef, computed, onScopeDispose, type Ref, ref, shallowRef } from 'vue';
import { ApiError } from '../api/problem.ts';
import { enrolDevice, readDeviceToday } from '../api/rooms.ts';
import type { ClassSession, DayChange, Named } from '../api/types.ts';
import { useNow } from './clock.ts';

/**
 * `unknown`: this machine belongs to no room. `revoked`: nor does it any more. `refused`: its enrolment link was wrong or too old. `limited`: too many
 * links were tried.
 */
export type RoomPhase = 'starting' | 'enrolling' | 'refused' | 'limited' | 'unknown' | 'revoked' | 'ready';

export interface Today {
  room: Named;
  school: Named;
  sessions: ClassSession[];
  /** Somebody wants the room to check itself. */
  checkAskedAt: string | null;
  /** Lessons that were to be today, and are not, or not then. */
  changes: DayChange[];
}

export interface RoomDay {
  phase: Readonly<Ref<RoomPhase>>;
  today: Readonly<Ref<Today | null>>;
  online: Readonly<Ref<boolean>>;
  /** How long the last question took to be answered; null before the first. */
  rttMs: Readonly<Ref<number | null>>;
  /** By the server's clock: the clocks of room machines are often wrong. */
  now: ComputedRef<number>;
  /** Asks at once, e.g. when a lesson ended. */
  refresh(): Promise<void>;
}

/** A revoked key and a check that is asked for show within it. */
const calmMs = 8000;
/** Close to a lesson, and while something is wrong, the room asks more often. */
const alertMs = 3000;
const readyEarlyMs = 10 * 60_000;

/** It begins within ten minutes, or is late: the room waits inside. */
function isDueSession({ state, scheduledStart, scheduledEnd }: ClassSession, now: number): boolean {
  return state === 'scheduled' && Date.parse(scheduledStart) - readyEarlyMs <= now && now < Date.parse(scheduledEnd);
}

/** The lesson that the room belongs in now: the one that is on, else the one that is about to begin. */
export function sessionToEnter(sessions: readonly ClassSession[], now: number): ClassSession | null {
  const due = sessions.filter((session) => isDueSession(session, now));
  due.sort((a, b) => a.scheduledStart.localeCompare(b.scheduledStart));
  return sessions.find((session) => session.state === 'live') ?? due[0] ?? null;
}

/** A lesson that has begun since the one that the room is in: where it belongs when that is without its presenter. */
export function lessonBegunSince(sessions: readonly ClassSession[], entered: ClassSession): ClassSession | null {
  const begun = ({ startedAt }: ClassSession): string => startedAt ?? '';
  const since = sessions.filter(
    (session) => session.state === 'live' && session.id !== entered.id && begun(session) > begun(entered),
  );
  return since.sort((a, b) => begun(b).localeCompare(begun(a)))[0] ?? null;
}

/** Whether a lesson may begin any moment: the room is ready, and waits for its presenter. */
export function isDue(sessions: readonly ClassSession[], now: number): boolean {
  return sessions.some((session) => isDueSession(session, now));
}

/** The next lesson that has not begun. */
export function nextSession(sessions: readonly ClassSession[], now: number): ClassSession | null {
  const coming = sessions.filter((session) => session.state === 'scheduled' && Date.parse(session.scheduledEnd) > now);
  return coming.sort((a, b) => a.scheduledStart.localeCompare(b.scheduledStart))[0] ?? null;
}

/** What a screen has room for: what is over makes room for what is to come, and so does what never took place. */
export function lessonsToShow(sessions: readonly ClassSession[], now: number, most: number): ClassSession[] {
  const held = sessions.filter(({ state }) => state !== 'cancelled');
  const coming = ({ state, scheduledEnd }: ClassSession): boolean =>
    state === 'live' || (state === 'scheduled' && Date.parse(scheduledEnd) > now);
  const spare = Math.max(0, most - held.filter(coming).length);
  const past = held.filter((session) => !coming(session));
  const kept = new Set(past.slice(Math.max(0, past.length - spare)));
  return held.filter((session) => coming(session) || kept.has(session)).slice(0, most);
}

/** Whose room this machine is and what happens in it today; enrols the machine with `code` first, if there is one. */
export function useRoomDay(code: string | null, enrolled: () => void): RoomDay {
  const phase = ref<RoomPhase>(code ? 'enrolling' : 'starting');
  const today = shallowRef<Today | null>(null);
  const online = ref(true);
  const rttMs = ref<number | null>(null);
  const clock = useNow();
  const ahead = ref(0);
  const now = computed(() => clock.value + ahead.value);
  const life = new AbortController();
  let pending = code;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function enrol(secret: string): Promise<boolean> {
    try {
      await enrolDevice(secret);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 'offline' || error.status >= 500) throw error;
      pending = null;
      // Opened again with a used code on a machine that has its key: it is the room already.
      await ask();
      if (phase.value === 'unknown') phase.value = error.status === 429 ? 'limited' : 'refused';
      return false;
    }
    pending = null;
    enrolled();
    return true;
  }

  async function ask(): Promise<void> {
    const started = performance.now();
    try {
      const answer = await readDeviceToday(life.signal);
      rttMs.value = Math.round(performance.now() - started);
      ahead.value = Date.parse(answer.now) - Date.now();
      today.value = answer;
      phase.value = 'ready';
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
      const belonged = today.value !== null || phase.value === 'revoked';
      today.value = null;
      // The screen asks for a phone, and says why where it can.
      if (phase.value !== 'refused' && phase.value !== 'limited') phase.value = belonged ? 'revoked' : 'unknown';
    }
    online.value = true;
  }

  async function refresh(): Promise<void> {
    clearTimeout(timer);
    try {
      if (!pending || (await enrol(pending))) await ask();
    } catch {
      if (life.signal.aborted) return;
      online.value = false;
    }
    if (life.signal.aborted) return;
    // Another question may have been asked meanwhile; one timer is enough for both.
    clearTimeout(timer);
    const due = today.value && isDue(today.value.sessions, now.value);
    timer = setTimeout(() => void refresh(), due || !online.value || phase.value !== 'ready' ? alertMs : calmMs);
  }

  const hurry = (): void => void refresh();
  addEventListener('online', hurry);
  onScopeDispose(() => {
    life.abort();
    clearTimeout(timer);
    removeEventListener('online', hurry);
  });
  void refresh();
  return { phase, today, online, rttMs, now, refresh };
}
