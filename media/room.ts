import type { Logger } from 'pino';
import { Adaptation } from './adaptation.ts';
import { Attendance } from './attendance.ts';
import { Audience } from './audience.ts';
import type { Connection } from './connection.ts';
import { ClassroomError } from './errors.ts';
import { floorSoFar } from './floor-so-far.ts';
import { Forwarding } from './forwarding.ts';
import { Graces } from './graces.ts';
import { Ink } from './ink.ts';
import { Messages } from './messages.ts';
import { Participant } from './participant.ts';
import {
  closeCodes,
  type EndReason,
  type RecordedFromRoom,
  type RequestData,
  type Snapshot,
  type Timer,
} from './protocol.ts';
import type { Recorder } from './recorder.ts';
import { endWritten, reportEnd, reportPresence } from './reports.ts';
import { RoomLifetime } from './room-lifetime.ts';
import { RoomMedia } from './room-media.ts';
import type { SessionDescription, SessionHooks } from './session-hooks.ts';
import { shownInk } from './shown-ink.ts';
import { SlideShow } from './slide-show.ts';
import { snapshotOf } from './snapshot.ts';
import { Stage } from './stage.ts';
import type { JoinClaims } from './token.ts';
import type { WorkerPool } from './workers.ts';

export type RoomOptions = {
  classSessionId: string;
  description: SessionDescription;
  pool: WorkerPool;
  hooks: SessionHooks;
  recorder: Recorder;
  resumeWindowMs: number;
  abandonAfterMs: number;
  log: Logger;
  /** The lesson is over, whatever the keeper of class sessions says until what this returns is called. */
  onEnding(): () => void;
  onClosed(): void;
};

/** One class session on this node: who is here, what they are shown, and its recording. */
export class Room {
  readonly classSessionId: string;
  readonly audience = new Audience();
  readonly stage: Stage;
  readonly slideShow: SlideShow;
  readonly ink: Ink;
  readonly messages: Messages;
  timer: Timer | null;
  readonly recorder: Recorder;
  readonly forwarding: Forwarding;
  readonly attendance: Attendance;
  readonly adaptation: Adaptation;
  readonly #options: RoomOptions;
  readonly media: RoomMedia;
  readonly lifetime: RoomLifetime;
  readonly #graces: Graces<Participant>;
  startedAt: number | null = null;
  recordedFromRooms: RecordedFromRoom[];
  #closing: Promise<void> | null = null;

  constructor(options: RoomOptions) {
    const { classSessionId, description, pool, hooks, recorder, log, abandonAfterMs } = options;
    this.classSessionId = classSessionId;
    this.#options = options;
    this.recordedFromRooms = description.recordedFromRooms;
    this.#graces = new Graces(options.resumeWindowMs, (participant) => this.leave(participant));
    const { floor = [] } = description;
    this.stage = new Stage(description.roomIds, floor);
    this.messages = new Messages(floor);
    this.timer = floor.findLast((event) => event.type === 'timer')?.timer ?? null;
    this.ink = new Ink(description.ink ?? []);
    this.attendance = new Attendance({ classSessionId, hooks, log, headCounts: description.headCounts ?? [] });
    this.recorder = recorder;
    const { audience, ink } = this;
    this.slideShow = new SlideShow({ classSessionId, description, ink, audience, recorder, hooks, log });
    recorder.onStateChanged((state) => this.audience.broadcast('recordingChanged', { state }));
    this.media = new RoomMedia({
      pool,
      recorder,
      log,
      onLost: () => {
        for (const participant of this.participants) participant.closeMedia();
      },
      onBack: (epoch) => {
        this.audience.broadcast('reset', { epoch });
        for (const participant of this.participants) this.audience.updated(participant);
      },
    });
    this.forwarding = new Forwarding({
      media: this.media,
      stage: this.stage,
      recorder,
      log,
      participants: () => this.participants,
      live: () => this.live,
      recordedFromRoom: (roomId, source) =>
        this.recordedFromRooms.some((room) => room.roomId === roomId && room.sources.includes(source)),
      onSourcesChanged: (participant) => {
        this.audience.updated(participant);
        this.adaptation.changed();
      },
    });
    this.adaptation = new Adaptation({
      log,
      participants: () => this.participants,
      isRecorded: (owner, source) => this.forwarding.isRecorded(owner, source),
    });
    this.lifetime = new RoomLifetime({
      abandonAfterMs,
      scheduledStart: description.scheduledStart,
      longestMs: description.longestMs,
      abandon: () => void this.end('abandoned', true),
      letGo: () => void this.suspend(),
    });
    if (description.state === 'live') this.start(description.startedAt ?? Date.now(), this.recordedFromRooms);
    this.#changed();
  }

  get live(): boolean {
    return this.startedAt !== null;
  }

  get closed(): boolean {
    return this.#closing !== null;
  }

  get participants(): Participant[] {
    return this.audience.all;
  }

  /** The lesson begins: recording starts with it, of what the schools consent to at this moment. */
  start(at: number, recordedFromRooms: RecordedFromRoom[]): void {
    if (this.live || this.closed) return;
    this.startedAt = at;
    this.recordedFromRooms = recordedFromRooms;
    this.audience.broadcast('wentLive', { startedAt: at, recordedFromRooms });
    this.recorder.start(at);
    this.slideShow.record();
    // Of a lesson that is taken over the journal holds it already.
    if (this.#options.description.state !== 'live') for (const event of floorSoFar(this)) this.recorder.note(event);
    this.forwarding.recordAll();
    this.lifetime.began(at);
    this.#changed();
  }

  /**
   * Takes somebody in, with transports and consumers ready. The same account or device that is already here is replaced.
   * @throws ClassroomError `session_ended`, `media_unavailable`, `not_joined` when it was put out again at once
   */
  async join(claims: JoinClaims, { rtpCapabilities, rung = 'all', downKbps }: Omit<RequestData<'join'>, 'token'>) {
    const participant = new Participant(claims, rtpCapabilities, rung, downKbps);
    const transports = await this.forwarding.openTransports(participant);
    if (this.closed) throw new ClassroomError('session_ended');
    for (const other of this.participants)
      if (other.identity === participant.identity) this.putOut(other, closeCodes.replaced, 'replaced');
    this.audience.add(participant);
    // What others began to send while the transports were made was not offered to who was not in yet.
    try {
      await this.forwarding.offerRest(participant);
    } catch (cause) {
      this.leave(participant);
      throw cause;
    }
    if (!this.audience.has(participant)) throw new ClassroomError(this.closed ? 'session_ended' : 'not_joined');
    participant.muted = this.stage.isMuted(participant.roomId);
    this.audience.broadcast('participantJoined', { participant: participant.describe() }, participant);
    this.#report('participantJoined', participant);
    this.#changed();
    // From here on, what is new comes as a notification after this snapshot.
    participant.opening = false;
    return { participant, transports, snapshot: this.snapshot(participant) };
  }

  /** The participant has its answer: notifications after `seq` go to this connection. A former one is closed. */
  connect(participant: Participant, connection: Connection, seq: number): void {
    this.#graces.end(participant);
    const wasLost = !participant.connected;
    participant.disconnect()?.close(closeCodes.replaced, 'replaced');
    participant.connect(connection, seq);
    if (wasLost) this.audience.updated(participant);
  }

  /** Its socket is gone: its media goes on for a while. */
  disconnected(participant: Participant): void {
    participant.disconnect();
    if (this.closed || !this.audience.has(participant)) return;
    this.audience.updated(participant);
    this.#graces.begin(participant);
  }

  leave(participant: Participant): void {
    if (!this.audience.remove(participant)) return;
    this.#graces.end(participant);
    this.forwarding.close(participant);
    this.audience.broadcast('participantLeft', { participantId: participant.id });
    this.attendance.left(participant, Date.now());
    this.#report('participantLeft', participant);
    this.#changed();
  }

  /** Out at once, without the grace to come back. */
  putOut(participant: Participant, code: number, reason: string): void {
    const connection = participant.disconnect();
    this.leave(participant);
    connection?.close(code, reason);
  }

  /** What it does not hold of the ink follows it as notifications. */
  snapshot(participant: Participant): Snapshot {
    const snapshot = snapshotOf(this, participant, this.#options.description);
    for (const piece of shownInk(this).rest) participant.notify('strokeDrawn', piece);
    return snapshot;
  }

  #report(event: 'participantJoined' | 'participantLeft', participant: Participant): void {
    reportPresence(this.#options.hooks, event, this.classSessionId, participant, this.#options.log);
  }

  /** Somebody came or went, or the lesson began. */
  #changed(): void {
    if (this.closed) return;
    const presented = this.participants.some(({ role }) => role === 'presenter');
    this.adaptation.changed();
    this.lifetime.changed({ live: this.live, presented, empty: this.audience.empty });
  }

  /**
   * The lesson is over for everybody. Resolves when the last chunk is in the sink or on this node's disk.
   * @param tell whether the keeper of class sessions does not know yet
   */
  end(reason: EndReason, tell: boolean): Promise<void> {
    this.#closing ??= this.#end(reason, tell);
    return this.#closing;
  }

  async #end(reason: EndReason, tell: boolean): Promise<void> {
    const { classSessionId, hooks, log, onEnding } = this.#options;
    const [at, known] = [Date.now(), onEnding()];
    this.audience.broadcast('ended', { reason, at });
    await this.#close(closeCodes.ended, 'ended', 'finishing');
    void (tell ? reportEnd(hooks, { classSessionId, reason, at }, log) : endWritten()).then(known);
  }

  /** This node lets the room go; the lesson may go on elsewhere. */
  suspend(): Promise<void> {
    this.#closing ??= this.#close(closeCodes.goingAway, 'going_away', 'interrupted');
    return this.#closing;
  }

  async #close(code: number, reason: string, recording: 'finishing' | 'interrupted'): Promise<void> {
    this.lifetime.close();
    this.slideShow.close();
    this.adaptation.close();
    this.#graces.close();
    for (const participant of this.participants) {
      participant.disconnect()?.close(code, reason);
      participant.closeMedia();
      this.attendance.left(participant, Date.now());
      this.#report('participantLeft', participant);
    }
    this.audience.clear();
    await this.recorder.stop(recording);
    this.#options.onClosed();
    await this.media.close();
  }
}
