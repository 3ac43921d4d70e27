import { type Ref, ref } from 'vue';
import type { EndReason, RecordingState, Snapshot } from '../../media/protocol.ts';
import type { NotificationHandlers } from './socket.ts';

/** What the lesson is and how far it has come. */
export interface Lesson {
  title: Readonly<Ref<string>>;
  live: Readonly<Ref<boolean>>;
  startedAt: Readonly<Ref<number | null>>;
  music: Readonly<Ref<boolean>>;
  recording: Readonly<Ref<RecordingState | null>>;
  ended: Readonly<Ref<EndReason | null>>;
}

export function createLesson() {
  const title = ref('');
  const live = ref(false);
  const startedAt = ref<number | null>(null);
  const music = ref(false);
  const recording = ref<RecordingState | null>(null);
  const ended = ref<EndReason | null>(null);
  const lesson: Lesson = { title, live, startedAt, music, recording, ended };
  const handlers: NotificationHandlers = {
    wentLive(data) {
      live.value = true;
      startedAt.value = data.startedAt;
    },
    recordingChanged(data) {
      recording.value = data.state;
    },
    ended(data) {
      ended.value = data.reason;
      live.value = false;
    },
  };
  function take(snapshot: Snapshot): void {
    title.value = snapshot.session.title;
    live.value = snapshot.session.live;
    startedAt.value = snapshot.session.startedAt;
    music.value = snapshot.session.music;
    recording.value = snapshot.recording;
  }
  return { lesson, handlers, take };
}
