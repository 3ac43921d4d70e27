import { onScopeDispose, type Ref, ref, watch } from 'vue';
import { z } from 'zod';

const message = z.object({ kind: z.enum(['ask', 'here', 'left']), sessionId: z.string() });

export interface LessonWindows {
  /** The class session that another window of this browser has taken from this one. */
  elsewhere: Readonly<Ref<string | null>>;
  /** The class session is left to the window that took it, for as long as that window has it. */
  leaveTo(sessionId: string): void;
  takeBack(): void;
}

export interface LessonWindowsOptions {
  /** The class session that this window plays. */
  playing: () => string | null;
  /** Called when a lesson that was elsewhere may be entered here again. */
  freed: () => void;
  askEveryMs?: number;
  answerMs?: number;
}

/**
 * The windows of one browser agree on which of them plays a lesson: two that took it from each other in turn would
 * spoil it for both, and nobody is at a room's screen to bring it back when the other window is gone.
 */
export function useLessonWindows({
  playing,
  freed,
  askEveryMs = 60_000,
  answerMs = 1000,
}: LessonWindowsOptions): LessonWindows {
  const elsewhere = ref<string | null>(null);
  const channel = new BroadcastChannel('tongke.lesson');
  let silence: ReturnType<typeof setTimeout> | undefined;
  const say = (kind: z.infer<typeof message>['kind'], sessionId: string): void =>
    channel.postMessage({ kind, sessionId });

  function takeBack(): void {
    clearTimeout(silence);
    if (elsewhere.value === null) return;
    elsewhere.value = null;
    freed();
  }

  function ask(): void {
    if (elsewhere.value === null) return;
    clearTimeout(silence);
    silence = setTimeout(takeBack, answerMs);
    say('ask', elsewhere.value);
  }

  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const heard = message.safeParse(data);
    if (!heard.success) return;
    const { kind, sessionId } = heard.data;
    if (kind === 'ask' && playing() === sessionId) say('here', sessionId);
    if (sessionId !== elsewhere.value) return;
    if (kind === 'here') clearTimeout(silence);
    if (kind === 'left') ask();
  });
  watch(
    playing,
    (_, before) => {
      if (before !== null) say('left', before);
    },
    { flush: 'sync' },
  );
  // A window that is closed takes nothing down in good order first.
  const closing = (): void => {
    const id = playing();
    if (id !== null) say('left', id);
  };
  addEventListener('pagehide', closing);
  const timer = setInterval(ask, askEveryMs);
  onScopeDispose(() => {
    closing();
    removeEventListener('pagehide', closing);
    clearInterval(timer);
    clearTimeout(silence);
    channel.close();
  });

  return {
    elsewhere,
    takeBack,
    leaveTo(sessionId) {
      elsewhere.value = sessionId;
    },
  };
}
