import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Connection } from './connection.ts';
import { ClassroomError } from './errors.ts';
import { Forwarding } from './forwarding.ts';
import { Participant } from './participant.ts';
import { reportPresence } from './presence.ts';
import {
  closeCodes,
  type EndReason,
  type NotificationData,
  type NotificationMethod,
  type Role,
  type RtpCapabilities,
  type Slides,
  type Snapshot,
} from './protocol.ts';
import type { Recorder } from './recorder.ts';
import { RoomMedia } from './room-media.ts';
import type { SessionDescription, SessionHooks } from './session-hooks.ts';
import { SlideShow } from './slide-show.ts';
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
  onClosed(): void;
};

/** A room that nobody is in, and that is not live, is let go after this long. */
const emptyAfterMs = 60_000;
/** How often slides are asked for whose pages are still being made. */
const slidesIntervalMs = 3_000;
/** A timer of Node's cannot be longer. */
const longestTimerMs = 2 ** 31 - 1;

/** One class session on this node: who is here, what they are shown, and its recording. */
export class Room {
  readonly classSessionId: string;
  readonly stage: Stage;
  readonly slideShow: SlideShow;
  readonly recorder: Recorder;
  readonly forwarding: Forwarding;
  readonly #options: RoomOptions;
  readonly #media: RoomMedia;
  readonly #participants = new Map<string, Participant>();
  readonly #graces = new Map<Participant, NodeJS.Timeout>();
  #startedAt: number | null = null;
  /** Since when a live room is without its presenter. */
  #forsakenAt: number | null = null;
  #idle: NodeJS.Timeout | undefined;
  #latest: NodeJS.Timeout | undefined;
  #slidesTimer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: RoomOptions) {
    const { classSessionId, description, pool, recorder, log } = options;
    this.classSessionId = classSessionId;
    this.#options = options;
    this.stage = new Stage(description.roomIds);
    this.slideShow = new SlideShow(description.slides, description.page);
    this.recorder = recorder;
    recorder.onStateChanged((state) => this.broadcast('recordingChanged', { state }));
    this.#media = new RoomMedia({
      pool,
      recorder,
      log,
      onLost: () => {
        for (const participant of this.participants) participant.closeMedia();
      },
      onBack: (epoch) => {
        this.broadcast('reset', { epoch });
        for (const participant of this.participants) this.updated(participant);
      },
    });
    this.forwarding = new Forwarding({
      media: this.#media,
      stage: this.stage,
      recorder,
      recordedFromRooms: description.recordedFromRooms ?? ['microphone'],
      log,
      participants: () => this.participants,
      live: () => this.live,
      onSourcesChanged: (participant) => this.updated(participant),
    });
    if (description.state === 'live') this.start(description.startedAt ?? Date.now());
    this.#watchIdle();
    this.#watchSlides();
  }

  get live(): boolean {
    return this.#startedAt !== null;
  }

  get closed(): boolean {
    return this.#closing !== null;
  }

  get participants(): Participant[] {
    return [...this.#participants.values()];
  }

  has(participant: Participant): boolean {
    return this.#participants.get(participant.id) === participant;
  }

  /** The lesson begins: recording starts with it. */
  start(at: number): void {
    if (this.live || this.closed) return;
    this.#startedAt = at;
    this.broadcast('wentLive', { startedAt: at });
    this.recorder.start(at);
    this.recordSlides();
    this.forwarding.recordAll();
    this.#watchIdle();
    const left = at + this.#options.description.longestMs - Date.now();
    this.#latest = setTimeout(() => void this.end('abandoned', true), Math.min(Math.max(left, 0), longestTimerMs));
  }

  recordSlides(): void {
    const { slides, page } = this.slideShow;
    this.recorder.note({ type: 'slides', fileId: slides?.fileId ?? null, page });
  }

  /** @returns when, milliseconds since 1970 */
  showSlides(slides: Slides | null): number {
    this.slideShow.show(slides);
    const at = Date.now();
    this.broadcast('slidesShown', { slides, page: this.slideShow.page, at });
    this.recordSlides();
    this.#watchSlides();
    return at;
  }

  /**
   * Takes somebody in, with transports and consumers ready. The same account or device that is already here is replaced.
   * @throws ClassroomError `session_ended`, `media_unavailable`
   */
  async join(claims: JoinClaims, rtpCapabilities: RtpCapabilities) {
    const participant = new Participant(claims, rtpCapabilities);
    const transports = await this.forwarding.openTransports(participant);
    if (this.closed) throw new ClassroomError('session_ended');
    for (const other of this.participants)
      if (other.identity === participant.identity) this.putOut(other, closeCodes.replaced, 'replaced');
    this.#participants.set(participant.id, participant);
    // What others began to send while the transports were made was not offered to who was not in yet.
    await this.forwarding.offerRest(participant);
    if (!this.has(participant)) throw new ClassroomError('session_ended');
    participant.muted = this.stage.isMuted(participant.roomId);
    this.broadcast('participantJoined', { participant: participant.describe() }, participant);
    this.#report('participantJoined', participant);
    this.#watchIdle();
    // From here on, what is new comes as a notification after this snapshot.
    participant.opening = false;
    return { participant, transports, snapshot: this.snapshot(participant) };
  }

  /** Fresh transports and consumers for a participant. @throws ClassroomError `session_ended`, `media_unavailable` */
  async reopen(participant: Participant) {
    participant.opening = true;
    try {
      const transports = await this.forwarding.openTransports(participant);
      return { epoch: this.#media.epoch, ...transports, consumers: participant.wireConsumers() };
    } finally {
      participant.opening = false;
    }
  }

  /** The participant has its answer: notifications after `seq` go to this connection. A former one is closed. */
  connect(participant: Participant, connection: Connection, seq: number): void {
    clearTimeout(this.#graces.get(participant));
    this.#graces.delete(participant);
    const wasLost = !participant.connected;
    participant.disconnect()?.close(closeCodes.replaced, 'replaced');
    participant.connect(connection, seq);
    if (wasLost) this.updated(participant);
  }

  /** Its socket is gone: its media goes on for a while. */
  disconnected(participant: Participant): void {
    participant.disconnect();
    if (this.closed || !this.#participants.has(participant.id)) return;
    this.updated(participant);
    const grace = setTimeout(() => this.leave(participant), this.#options.resumeWindowMs);
    this.#graces.set(participant, grace);
  }

  leave(participant: Participant): void {
    if (!this.#participants.delete(participant.id)) return;
    clearTimeout(this.#graces.get(participant));
    this.#graces.delete(participant);
    this.forwarding.close(participant);
    this.broadcast('participantLeft', { participantId: participant.id });
    this.#report('participantLeft', participant);
    this.#watchIdle();
  }

  /** Out at once, without the grace to come back. */
  putOut(participant: Participant, code: number, reason: string): void {
    const connection = participant.disconnect();
    this.leave(participant);
    connection?.close(code, reason);
  }

  updated(participant: Participant): void {
    this.broadcast('participantUpdated', { participant: participant.describe() });
  }

  broadcast<M extends NotificationMethod>(method: M, data: NotificationData<M>, except?: Participant): void {
    for (const participant of this.#participants.values()) if (participant !== except) participant.notify(method, data);
  }

  /** To some roles only, and dropped where the line is slow. */
  inform<M extends NotificationMethod>(method: M, data: NotificationData<M>, roles: readonly Role[]): void {
    for (const each of this.#participants.values()) if (roles.includes(each.role)) each.inform(method, data);
  }

  snapshot(participant: Participant): Snapshot {
    const { title, music } = this.#options.description;
    return {
      epoch: this.#media.epoch,
      seq: participant.outbox.seq,
      session: { id: this.classSessionId, title, music, live: this.live, startedAt: this.#startedAt },
      participants: this.participants.map((each) => each.describe()),
      stage: this.stage.rooms,
      hands: this.stage.hands,
      slides: this.slideShow.slides,
      page: this.slideShow.page,
      recording: this.recorder.state,
      consumers: participant.wireConsumers(),
    };
  }

  #report(event: 'participantJoined' | 'participantLeft', participant: Participant): void {
    reportPresence(this.#options.hooks, event, this.classSessionId, participant, this.#options.log);
  }

  /**
   * A live room waits long for its presenter, whoever else comes and goes; one that is not live only while somebody is in
   * it.
   */
  #watchIdle(): void {
    clearTimeout(this.#idle);
    if (this.closed) return;
    const forsaken = this.live && !this.participants.some(({ role }) => role === 'presenter');
    this.#forsakenAt = forsaken ? (this.#forsakenAt ?? Date.now()) : null;
    if (this.#forsakenAt !== null) {
      const left = this.#forsakenAt + this.#options.abandonAfterMs - Date.now();
      this.#idle = setTimeout(() => void this.end('abandoned', true), Math.max(left, 0));
    } else if (!this.live && this.#participants.size === 0) {
      this.#idle = setTimeout(() => void this.suspend(), emptyAfterMs);
    }
  }

  /** Slides that were uploaded just now get their pages when these are made. */
  #watchSlides(): void {
    clearTimeout(this.#slidesTimer);
    const { slides } = this.slideShow;
    if (this.closed || slides === null || slides.pages > 0) return;
    this.#slidesTimer = setTimeout(() => void this.#askForPages(slides), slidesIntervalMs);
  }

  async #askForPages(slides: Slides): Promise<void> {
    try {
      const pages = await this.#options.hooks.pagesOf(slides.fileId);
      if (this.closed || this.slideShow.slides !== slides) return;
      if (pages > 0) this.showSlides({ ...slides, pages });
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the pages of slides could not be asked for');
    }
    this.#watchSlides();
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
    const at = Date.now();
    this.broadcast('ended', { reason, at });
    await this.#close(closeCodes.ended, 'ended', 'finishing');
    if (tell) void this.#tellEnded(reason, at);
  }

  async #tellEnded(reason: EndReason, at: number): Promise<void> {
    for (let wait = 500; ; wait = Math.min(wait * 2, 30_000)) {
      try {
        await this.#options.hooks.ended({ classSessionId: this.classSessionId, reason, at });
        return;
      } catch (error) {
        this.#options.log.error({ err: error, retryInMs: wait }, 'the end of a class session was not taken');
        await delay(wait, undefined, { ref: false });
      }
    }
  }

  /** This node lets the room go; the lesson may go on elsewhere. */
  suspend(): Promise<void> {
    this.#closing ??= this.#close(closeCodes.goingAway, 'going_away', 'interrupted');
    return this.#closing;
  }

  async #close(code: number, reason: string, recording: 'finishing' | 'interrupted'): Promise<void> {
    for (const timer of [this.#idle, this.#latest, this.#slidesTimer]) clearTimeout(timer);
    for (const timer of this.#graces.values()) clearTimeout(timer);
    for (const participant of this.participants) {
      participant.disconnect()?.close(code, reason);
      participant.closeMedia();
      this.#report('participantLeft', participant);
    }
    this.#participants.clear();
    await this.recorder.stop(recording);
    this.#options.onClosed();
    await this.#media.close();
  }
}
