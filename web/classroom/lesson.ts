import { type Ref, ref } from 'vue';
import type { EndReason, RecordedFromRoom, RecordingState, Snapshot, Timer } from '../../media/protocol.ts';
import type { NotificationHandlers } from './socket.ts';

/** What the lesson is and how far it has come. */
export interface Lesson {
  title: Readonly<Ref<string>>;
  live: Readonly<Ref<boolean>>;
  /** By this machine's clock. */
  startedAt: Readonly<Ref<number | null>>;
  music: Readonly<Ref<boolean>>;
  recording: Readonly<Ref<RecordingState | null>>;
  /** What of each room is in the recording while it is on stage. */
  recordedFromRooms: Readonly<Ref<RecordedFromRoom[]>>;
  ended: Readonly<Ref<EndReason | null>>;
  /** By this machine's clock. */
  timer: Readonly<Ref<Timer | null>>;
}

export function createLesson() {
  const title = ref('');
  const live = ref(false);
  const startedAt = ref<number | null>(null);
  const music = ref(false);
  const recording = ref<RecordingState | null>(null);
  const recordedFromRooms = ref<RecordedFromRoom[]>([]);
  const ended = ref<EndReason | null>(null);
  const timer = ref<Timer | null>(null);
  /** How far this machine's clock is ahead of the node's. */
  let aheadMs = 0;
  const here = (instant: number): number => instant + aheadMs;
  const timerHere = (set: Timer | null): Timer | null => set && { ...set, endsAt: here(set.endsAt) };
  const lesson: Lesson = { title, live, startedAt, music, recording, recordedFromRooms, ended, timer };
  const handlers: NotificationHandlers = {
    wentLive(data) {
      live.value = true;
      startedAt.value = here(data.startedAt);
      recordedFromRooms.value = data.recordedFromRooms;
    },
    recordingChanged(data) {
      recording.value = data.state;
    },
    timerChanged(data) {
      timer.value = timerHere(data.timer);
    },
    ended(data) {
      ended.value = data.reason;
      live.value = false;
    },
  };
  function take(snapshot: Snapshot): void {
    aheadMs = Date.now() - snapshot.now;
    timer.value = timerHere(snapshot.timer);
    title.value = snapshot.session.title;
    live.value = snapshot.session.live;
    const { startedAt: began } = snapshot.session;
    startedAt.value = began === null ? null : here(began);
    music.value = snapshot.session.music;
    recording.value = snapshot.recording;
    recordedFromRooms.value = snapshot.recordedFromRooms;
  }
  return { lesson, handlers, take };
}
