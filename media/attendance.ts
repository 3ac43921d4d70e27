import type { Logger } from 'pino';
import type { Participant } from './participant.ts';
import type { Link } from './protocol.ts';
import type { SessionHooks } from './session-hooks.ts';

/** Rooms report more often; for what is longer there is no word that anything was heard. */
const trustedMs = 15_000;
/** So much of a lesson is lost to attendance at most when this node dies. */
const tellEveryMs = 60_000;

type Heard = {
  reportedAt: number;
  /** Whether the last report told of sound at all: with every microphone off there is nothing to hear. */
  sounding: boolean;
  expectedMs: number;
  receivedMs: number;
};

export type AttendanceOptions = {
  classSessionId: string;
  hooks: Pick<SessionHooks, 'audioReceived' | 'headCountConfirmed'>;
  log: Logger;
  /** As far as they are known from before a restart. */
  headCounts: { roomId: string; count: number }[];
};

/** Which rooms are really there: how many people sit in them, and how much of the sound arrives. */
export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #counts: Map<string, number>;
  readonly #heard = new Map<Participant, Heard>();

  constructor(options: AttendanceOptions) {
    this.#options = options;
    this.#counts = new Map(options.headCounts.map(({ roomId, count }) => [roomId, count]));
  }

  get headCounts(): { roomId: string; count: number }[] {
    return [...this.#counts].map(([roomId, count]) => ({ roomId, count }));
  }

  /** It was counted outside the classroom, and written down. @returns whether anything changed */
  counted(roomId: string, count: number): boolean {
    if (this.#counts.get(roomId) === count) return false;
    this.#counts.set(roomId, count);
    return true;
  }

  /** @returns whether anything changed */
  confirm(roomId: string, count: number, by: Participant, at: number): boolean {
    if (!this.counted(roomId, count)) return false;
    const { classSessionId } = this.#options;
    const { role, claims } = by;
    const accountId = 'accountId' in claims ? claims.accountId : null;
    const deviceId = 'deviceId' in claims ? claims.deviceId : null;
    this.#tell(
      this.#options.hooks.headCountConfirmed({ classSessionId, roomId, count, role, accountId, deviceId, at }),
      () => {
        // Whoever says it again is not told that it is known.
        if (this.#counts.get(roomId) === count) this.#counts.delete(roomId);
      },
    );
    return true;
  }

  /** A room tells how well it receives, for the time since it last did; its first word begins that time. */
  report(participant: Participant, { concealed }: Pick<Link, 'concealed'>, now: number): void {
    if (participant.role !== 'receiver') return;
    const heard = this.#heard.get(participant);
    const sounding = concealed !== null;
    if (!heard) {
      this.#heard.set(participant, { reportedAt: now, sounding, expectedMs: 0, receivedMs: 0 });
      return;
    }
    const passed = now - heard.reportedAt;
    const trusted = Math.min(passed, trustedMs);
    if (sounding) {
      heard.expectedMs += trusted;
      heard.receivedMs += trusted * (1 - concealed);
    }
    // Of the time before that there is no word: it is as it was at the last one.
    if (heard.sounding) heard.expectedMs += passed - trusted;
    Object.assign(heard, { reportedAt: now, sounding });
    if (heard.expectedMs >= tellEveryMs) this.#tellHeard(participant, heard, now);
  }

  /** Idempotent. */
  left(participant: Participant, now: number): void {
    const heard = this.#heard.get(participant);
    if (!heard) return;
    this.#heard.delete(participant);
    const silent = now - heard.reportedAt;
    if (heard.sounding && silent > trustedMs) heard.expectedMs += silent;
    if (heard.expectedMs > 0) this.#tellHeard(participant, heard, now);
  }

  #tellHeard({ id: participantId, roomId }: Participant, heard: Heard, at: number): void {
    const [expectedMs, receivedMs] = [Math.round(heard.expectedMs), Math.round(heard.receivedMs)];
    Object.assign(heard, { expectedMs: 0, receivedMs: 0 });
    if (roomId === null) return;
    const { classSessionId } = this.#options;
    const event = { classSessionId, participantId, roomId, expectedMs, receivedMs, at };
    this.#tell(this.#options.hooks.audioReceived(event), () => {
      // It is told with the next.
      heard.expectedMs += expectedMs;
      heard.receivedMs += receivedMs;
    });
  }

  /** The lesson does not wait for it, nor end with its failure. */
  #tell(told: Promise<void>, takeBack: () => void): void {
    told.catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'attendance was not taken');
      takeBack();
    });
  }
}
