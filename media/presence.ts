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
