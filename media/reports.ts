import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Participant } from './participant.ts';
import type { SessionHooks } from './session-hooks.ts';

/** Tells who came and who went. The lesson does not wait for it, nor end with its failure. */
export function reportPresence(
  hooks: SessionHooks,
  event: 'participantJoined' | 'participantLeft',
  classSessionId: string,
  { id: participantId, claims, role, roomId }: Participant,
  log: Logger,
): void {
  hooks[event]({
    classSessionId,
    participantId,
    role,
    accountId: 'accountId' in claims ? claims.accountId : null,
    deviceId: 'deviceId' in claims ? claims.deviceId : null,
    roomId,
    at: Date.now(),
  }).catch((error: unknown) => log.error({ err: error, event, participant: participantId }, 'presence was not taken'));
}

const firstRetryMs = 500;
const slowestRetryMs = 30_000;

/** Tells that the lesson is over, until that is taken. */
export async function reportEnd(
  hooks: SessionHooks,
  end: Parameters<SessionHooks['ended']>[0],
  log: Logger,
): Promise<void> {
  for (let wait = firstRetryMs; ; wait = Math.min(wait * 2, slowestRetryMs)) {
    try {
      return await hooks.ended(end);
    } catch (error) {
      log.error({ err: error, retryInMs: wait }, 'the end of a class session was not taken');
      await delay(wait, undefined, { ref: false });
    }
  }
}

const writtenWithinMs = 10_000;

/** Whoever keeps class sessions has ended it itself, and has written that down when this resolves. */
export async function endWritten(): Promise<void> {
  await delay(writtenWithinMs, undefined, { ref: false });
}
