import type { Logger } from 'pino';
import type { Connection } from './connection.ts';
import { ClassroomError } from './errors.ts';
import { Forwarding } from './forwarding.ts';
import { Participant } from './participant.ts';
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
import { reportEnd, reportPresence } from './reports.ts';
import { RoomLifetime } from './room-lifetime.ts';
import { RoomMedia } from './room-media.ts';
import type { SessionDescription, SessionHooks } from './session-hooks.ts';
import { SlidePages } from './slide-pages.ts';
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

/** One class session on this node: who is here, what they are shown, and its recording. */
export class Room {
  readonly classSessionId: string;
  readonly stage: Stage;
  readonly slideShow: SlideShow;
  readonly recorder: Recorder;
  readonly forwarding: Forwarding;
  readonly #options: RoomOptions;
  readonly #media: RoomMedia;
  readonly #lifetime: RoomLifetime;
  readonly #slidePages: SlidePages;
  readonly #participants = new Map<string, Participant>();
  readonly #graces = new Map<Participant, NodeJS.Timeout>();
  #startedAt: number | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: RoomOptions) {
    const { classSessionId, description, pool, hooks, recorder, log, abandonAfterMs } = options;
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
    this.#lifetime = new RoomLifetime({
      abandonAfterMs,
      longestMs: description.longestMs,
      abandon: () => void this.end('abandoned', true),
      letGo: () => void this.suspend(),
    });
    this.#slidePages = new SlidePages({
      slideShow: this.slideShow,
      hooks,
      log,
      onMade: (slides) => this.showSlides(slides),
    });
    if (description.state === 'live') this.start(description.startedAt ?? Date.now());
    this.#changed();
    this.#slidePages.watch();
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
    this.#lifetime.began(at);
    this.#changed();
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
    this.#slidePages.watch();
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
    this.#changed();
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
    this.#changed();
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

  /** Somebody came or went, or the lesson began. */
  #changed(): void {
    if (this.closed) return;
    const presented = this.participants.some(({ role }) => role === 'presenter');
    this.#lifetime.changed({ live: this.live, presented, empty: this.#participants.size === 0 });
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
    const { classSessionId } = this;
    if (tell) void reportEnd(this.#options.hooks, { classSessionId, reason, at }, this.#options.log);
  }

  /** This node lets the room go; the lesson may go on elsewhere. */
  suspend(): Promise<void> {
    this.#closing ??= this.#close(closeCodes.goingAway, 'going_away', 'interrupted');
    return this.#closing;
  }

  async #close(code: number, reason: string, recording: 'finishing' | 'interrupted'): Promise<void> {
    this.#lifetime.close();
    this.#slidePages.close();
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
