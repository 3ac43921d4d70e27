import { randomBytes, randomUUID } from 'node:crypto';
import type { Consumer, Producer, WebRtcTransport } from 'mediasoup/types';
import { Allowance } from './allowance.ts';
import type { Connection } from './connection.ts';
import { ClassroomError } from './errors.ts';
import { Feed, firstLayer } from './feed.ts';
import { firstRung, type Ladder, startLadder } from './ladder.ts';
import { Outbox } from './outbox.ts';
import type {
  ConsumerParameters,
  NotificationData,
  NotificationMethod,
  Role,
  RtpCapabilities,
  Rung,
  Source,
  TransportParameters,
  Participant as Wire,
} from './protocol.ts';
import { firstOutgoingBitrate, type LineStats, ReceivingLine } from './receiving-line.ts';
import { holderOf, type JoinClaims } from './token.ts';
import { transportParameters } from './webrtc-parameters.ts';
import type { RouterLease } from './workers.ts';

const incomingBitrate: Record<Role, number> = {
  presenter: 6_000_000,
  receiver: 600_000,
  assistant: 100_000,
  observer: 100_000,
};
const priorities: Record<Source, number> = { screen: 200, camera: 100, microphone: 1, screenAudio: 1 };
const stagePriority = 10;

/** Somebody in a class session: its media at the node, and its notifications whether or not its socket is up. */
export class Participant {
  readonly id = randomUUID();
  readonly resumeToken = randomBytes(32).toString('base64url');
  readonly claims: JoinClaims;
  readonly rtpCapabilities: RtpCapabilities;
  readonly outbox = new Outbox();
  readonly producers = new Map<Source, Producer>();
  /** By consumer id. */
  readonly consumers = new Map<string, Feed>();
  /** By the presenter. */
  muted = false;
  pictureAt = 0;
  /** The same for all sockets that it comes back on. */
  readonly costly = new Allowance({ burst: 40, perSecond: 2 });
  ladder: Ladder;
  /** While true, new consumers are part of an answer that is being made, and are not notified one by one. */
  opening = true;
  readonly #firstBitrate: number;
  #connection: Connection | null = null;
  #lost = false;
  #send: WebRtcTransport | null = null;
  #receive: WebRtcTransport | null = null;
  readonly #consumed = new Set<string>();
  #line: ReceivingLine | null = null;
  /** How often the media was closed. */
  #closings = 0;

  /**
   * @param rung where its ladder was when the device was last in a lesson
   * @param downKbps what its line was last seen to carry
   */
  constructor(claims: JoinClaims, rtpCapabilities: RtpCapabilities, rung: Rung, downKbps?: number) {
    this.claims = claims;
    this.rtpCapabilities = rtpCapabilities;
    this.ladder = startLadder(firstRung(rung, downKbps), performance.now());
    this.#firstBitrate = firstOutgoingBitrate(downKbps);
  }

  get role(): Role {
    return this.claims.role;
  }

  get roomId(): string | null {
    return 'roomId' in this.claims ? this.claims.roomId : null;
  }

  /** Two participants with the same identity are one account or device that came twice. */
  get identity(): string {
    return `${this.role}:${this.holderId}`;
  }

  /** The account or the device whose access this is. */
  get holderId(): string {
    return holderOf(this.claims);
  }

  get connected(): boolean {
    return !this.#lost;
  }

  describe(): Wire {
    return {
      id: this.id,
      role: this.role,
      name: this.claims.name,
      roomId: this.roomId,
      connected: this.connected,
      sources: [...this.producers].map(([source, { paused }]) => ({ source, paused })),
      muted: this.muted,
    };
  }

  notify<M extends NotificationMethod>(method: M, data: NotificationData<M>): void {
    this.outbox.push(method, data);
  }

  inform<M extends NotificationMethod>(method: M, data: NotificationData<M>): void {
    this.#connection?.inform(method, data);
  }

  /** From now on notifications after `seq` go to this connection; a former one is closed. */
  connect(connection: Connection, seq: number): void {
    this.outbox.attach(seq, (frame) => connection.send(frame));
    this.#connection = connection;
    this.#lost = false;
  }

  isOn(connection: Connection): boolean {
    return this.#connection === connection;
  }

  /** Forgets the connection, and returns it to be closed by who knows why. */
  disconnect(): Connection | null {
    const connection = this.#connection;
    this.outbox.detach();
    this.#connection = null;
    this.#lost = true;
    return connection;
  }

  /**
   * Fresh transports; what the former ones carried is closed.
   * @throws ClassroomError `media_unavailable` when the media was closed meanwhile
   */
  async openTransports(
    lease: RouterLease,
  ): Promise<{ sendTransport: TransportParameters | null; receiveTransport: TransportParameters }> {
    this.closeMedia();
    const closings = this.#closings;
    const [send, receive] = await Promise.all([
      this.claims.sources.length > 0 ? this.#openTransport(lease) : null,
      this.#openTransport(lease),
    ]);
    const line = new ReceivingLine(receive, () => this.consumers.values());
    await Promise.all([send?.setMaxIncomingBitrate(incomingBitrate[this.role]), line.open()]);
    if (closings !== this.#closings) {
      // Whoever left while they were being made has nothing that would ever close them.
      send?.close();
      receive.close();
      throw new ClassroomError('media_unavailable');
    }
    this.#send = send;
    this.#receive = receive;
    this.#line = line;
    return {
      sendTransport: send && transportParameters.parse(send),
      receiveTransport: transportParameters.parse(receive),
    };
  }

  #openTransport({ router, webRtcServer }: RouterLease): Promise<WebRtcTransport> {
    return router.createWebRtcTransport({
      webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      initialAvailableOutgoingBitrate: this.#firstBitrate,
    });
  }

  /** @throws ClassroomError `not_found` */
  transport(transportId: string): WebRtcTransport {
    const found = [this.#send, this.#receive].find((transport) => transport?.id === transportId);
    if (!found || found.closed) throw new ClassroomError('not_found');
    return found;
  }

  /** Of somebody who may send. @throws ClassroomError `media_unavailable` while there is none */
  sendTransport(): WebRtcTransport {
    if (!this.#send || this.#send.closed) throw new ClassroomError('media_unavailable');
    return this.#send;
  }

  /** @throws ClassroomError `not_found` */
  producer(producerId: string): [Source, Producer] {
    const found = [...this.producers].find(([, producer]) => producer.id === producerId);
    if (!found) throw new ClassroomError('not_found');
    return found;
  }

  /** Makes a consumer, paused, unless there is one already or there can be none. */
  async consume(owner: Participant, source: Source, producer: Producer): Promise<ConsumerParameters | null> {
    const transport = this.#receive;
    if (!transport || transport.closed || this.#consumed.has(producer.id)) return null;
    this.#consumed.add(producer.id);
    const layer = firstLayer(source, producer);
    try {
      const consumer = await transport.consume({
        producerId: producer.id,
        rtpCapabilities: this.rtpCapabilities,
        paused: true,
        enableRtx: true,
        ...(producer.type === 'simulcast' && { preferredLayers: { spatialLayer: layer } }),
      });
      if (consumer.closed) return null;
      const entry = new Feed({ consumer, owner, source, layer, rung: this.ladder.rung });
      this.consumers.set(consumer.id, entry);
      consumer.on('transportclose', () => this.#forget(consumer));
      consumer.on('producerclose', () => {
        this.#forget(consumer);
        this.notify('consumerClosed', { consumerId: consumer.id });
      });
      consumer.on('producerpause', () =>
        this.notify('consumerPaused', { consumerId: consumer.id, producerPaused: true }),
      );
      consumer.on('producerresume', () =>
        this.notify('consumerPaused', { consumerId: consumer.id, producerPaused: false }),
      );
      if (consumer.kind === 'video') {
        await consumer.setPriority(owner.role === 'presenter' ? priorities[source] : stagePriority);
      }
      return consumer.closed ? null : entry.describe();
    } catch (error) {
      this.#consumed.delete(producer.id);
      // The producer or the transport went away while the consumer was being made: there is nothing to show.
      if (producer.closed || transport.closed) return null;
      throw error;
    }
  }

  /** Those of these that are still there. */
  feedsById(ids: string[]): Feed[] {
    return ids.flatMap((id) => this.consumers.get(id) ?? []);
  }

  /** Whose sound or picture comes to this participant. */
  get senders(): Participant[] {
    return [...this.consumers.values()].filter(({ running }) => running).map(({ owner }) => owner);
  }

  /** What the node knows of the way to this participant, and not older than that. */
  async receivingStats(oldestMs: number): Promise<LineStats> {
    return (await this.#line?.stats(oldestMs)) ?? { rttMs: null, availableKbps: null };
  }

  /** What is sent to it at least, whatever the worker's estimate says; null: as usual. */
  async setFloor(kbps: number | null): Promise<void> {
    await this.#line?.setFloor(kbps);
  }

  wireConsumers(): ConsumerParameters[] {
    return [...this.consumers.values()].map((feed) => feed.describe());
  }

  #forget(consumer: Consumer): void {
    this.consumers.delete(consumer.id);
    this.#consumed.delete(consumer.producerId);
  }

  /** Closes both transports, and with them all that this participant sends and receives. */
  closeMedia(): void {
    this.#closings += 1;
    this.#send?.close();
    this.#receive?.close();
    this.#send = null;
    this.#receive = null;
    this.#line = null;
    this.producers.clear();
    this.consumers.clear();
    this.#consumed.clear();
  }
}
