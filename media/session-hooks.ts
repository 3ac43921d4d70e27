import type { EndReason, RecordedFromRoom, Role, Slides } from './protocol.ts';
import type { FloorEvent, InkEvent } from './recorded-event.ts';

/** What the classroom must know of a class session before it can open a room for it. */
export type SessionDescription = {
  title: string;
  /** `scheduled`: rooms may wait; nothing is recorded. `live`: the lesson goes on. Anything else cannot be entered. */
  state: 'scheduled' | 'live';
  /** When it is to begin, milliseconds since 1970. */
  scheduledStart: number;
  /** Milliseconds since 1970, once live. */
  startedAt: number | null;
  /** The lesson is ended so many milliseconds after its start, whoever is in it: a studio is forgotten over night. */
  longestMs: number;
  music: boolean;
  slides: Slides | null;
  /** Page to begin with (the last one turned, after a restart in mid-lesson), from 1. */
  page: number;
  /** Rooms that are part of the lesson: only they can be called to the stage. */
  roomIds: string[];
  /** What is recorded of the rooms on stage: what their schools have consented to. (Everything of the presenter is.) */
  recordedFromRooms: RecordedFromRoom[];
  /** What was confirmed before a restart in mid-lesson. */
  headCounts?: { roomId: string; count: number }[];
  /** What passed between presenter and rooms before a restart in mid-lesson, in order; `at` in milliseconds since 1970. */
  floor?: (FloorEvent & { at: number })[];
  /** What was drawn before a restart in mid-lesson, in order. */
  ink?: InkEvent[];
};

/** What the classroom asks of, and tells to, whoever keeps class sessions. */
export interface SessionHooks {
  /** Null when the session does not exist, is cancelled or has ended. Called once when a room opens. */
  describe(classSessionId: string): Promise<SessionDescription | null>;
  /** How many pages of a file can be shown; 0 while they are being made. */
  pagesOf(fileId: string): Promise<number>;
  /**
   * The lesson is over for everybody, by a decision made in the classroom: the presenter's, or because no presenter came
   * back. Repeated until it resolves. Not called for `MediaNode.endSession`, whose caller knows.
   */
  ended(event: { classSessionId: string; reason: EndReason; at: number }): Promise<void>;
  /** Who was here from when to when; the ground of attendance. A failure is logged and does not disturb the lesson. */
  participantJoined(event: Presence): Promise<void>;
  participantLeft(event: Presence): Promise<void>;
  /** How much of the sound a room was to receive, and really did, since this was last told. A failure is logged. */
  audioReceived(event: {
    classSessionId: string;
    participantId: string;
    roomId: string;
    expectedMs: number;
    receivedMs: number;
    at: number;
  }): Promise<void>;
  /** Somebody has counted who sits in a room. A failure is logged. */
  headCountConfirmed(event: {
    classSessionId: string;
    roomId: string;
    count: number;
    role: Role;
    accountId: string | null;
    deviceId: string | null;
    at: number;
  }): Promise<void>;
  /** So that a restart in mid-lesson shows the same page. A failure is logged. */
  slideTurned(event: { classSessionId: string; fileId: string | null; page: number; at: number }): Promise<void>;
}

export type Presence = {
  classSessionId: string;
  participantId: string;
  role: Role;
  /** The account, for presenter and observer. */
  accountId: string | null;
  /** The device and its room, for receiver and assistant. */
  deviceId: string | null;
  roomId: string | null;
  at: number;
};
