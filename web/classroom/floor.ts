import { useText } from '../locales/text.ts';
import { useToasts } from '../state/toasts.ts';
import type { Classroom } from './classroom.ts';
import { failureCode } from './failure.ts';

/** The presenter's control over who is seen and heard. A refusal is said; the tiles show what really is. */
export interface Floor {
  callToStage(roomId: string): void;
  sendDown(roomId: string): void;
  mute(participantId: string, muted: boolean): void;
  /** Null takes it away. */
  setTimer(durationMs: number | null): void;
  see(messageId: string): void;
}

export function useFloor(classroom: Classroom): Floor {
  const { t } = useText();
  const toasts = useToasts();
  function say(error: unknown): void {
    const code = failureCode(error);
    toasts.say(t(code === 'stage_full' ? 'classroom.studio.stageFull' : 'classroom.studio.commandFailed'), 'bad');
  }
  return {
    callToStage: (roomId) => void classroom.request('callToStage', { roomId }).catch(say),
    sendDown: (roomId) => void classroom.request('sendDown', { roomId }).catch(say),
    mute: (participantId, muted) => void classroom.request('mute', { participantId, muted }).catch(say),
    setTimer: (durationMs) => void classroom.request('setTimer', { durationMs }).catch(say),
    see: (messageId) => void classroom.messages.see(messageId).catch(say),
  };
}
