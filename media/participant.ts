import { randomBytes, randomUUID } from 'node:crypto';
import type { Consumer, Producer, WebRtcTransport } from 'mediasoup/types';
import type { Connection } from './connection.ts';
import { ClassroomError } from './errors.ts';
import { Outbox } from './outbox.ts';
import {
  type ConsumerParameters,
  consumer as consumerSchema,
  type Link,
  type NotificationData,
  type NotificationMethod,
  type Role,
  type RtpCapabilities,
  type Source,
  type TransportParameters,
  type Participant as Wire,
} from './protocol.ts';
import type { JoinClaims } from './token.ts';
import { transportParameters } from './webrtc-parameters.ts';
import type { RouterLease } from './workers.ts';

const initialOutgoingBitrate = 800_000;
/** Below this the worker's estimate would switch video off under random loss alone. */
const leastOutgoingBitrate = 100_000;
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
  readonly consumers = new Map<string, { consumer: Consumer; owner: Participant; source: Source }>();
  /** By the presenter. */
  muted = false;
  link: Link | null = null;
  pictureAt = 0;
  /** While true, new consumers are part of an answer that is being made, and are not notified one by one. */
  opening = true;
  #connection: Connection | null = null;
  #lost = false;
  #send: WebRtcTransport | null = null;
  #receive: WebRtcTransport | null = null;
  readonly #consumed = new Set<string>();

  constructor(claims: JoinClaims, rtpCapabilities: RtpCapabilities) {
    this.claims = claims;
    this.rtpCapabilities = rtpCapabilities;
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
    return 'deviceId' in this.claims ? this.claims.deviceId : this.claims.accountId;
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

  /** Fresh transports; what the former ones carried is closed. */
  async openTransports(
    lease: RouterLease,
  ): Promise<{ sendTransport: TransportParameters | null; receiveTransport: TransportParameters }> {
    this.closeMedia();
    const [send, receive] = await Promise.all([
      this.claims.sources.length > 0 ? this.#openTransport(lease) : null,
      this.#openTransport(lease),
    ]);
    await Promise.all([
      send?.setMaxIncomingBitrate(incomingBitrate[this.role]),
      receive.setMinOutgoingBitrate(leastOutgoingBitrate),
    ]);
    this.#send = send;
    this.#receive = receive;
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
      initialAvailableOutgoingBitrate: initialOutgoingBitrate,
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
    try {
      const consumer = await transport.consume({
        producerId: producer.id,
        rtpCapabilities: this.rtpCapabilities,
        paused: true,
        enableRtx: true,
      });
      const entry = { consumer, owner, source };
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
      return consumer.closed ? null : wireConsumer(entry);
    } catch (error) {
      this.#consumed.delete(producer.id);
      // The producer or the transport went away while the consumer was being made: there is nothing to show.
      if (producer.closed || transport.closed) return null;
      throw error;
    }
  }

  /** Those of these consumers that are still there. */
  consumersById(ids: string[]): Consumer[] {
    return ids.flatMap((id) => this.consumers.get(id)?.consumer ?? []);
  }

  wireConsumers(): ConsumerParameters[] {
    return [...this.consumers.values()].map(wireConsumer);
  }

  #forget(consumer: Consumer): void {
    this.consumers.delete(consumer.id);
    this.#consumed.delete(consumer.producerId);
  }

  /** Closes both transports, and with them all that this participant sends and receives. */
  closeMedia(): void {
    this.#send?.close();
    this.#receive?.close();
    this.#send = null;
    this.#receive = null;
    this.producers.clear();
    this.consumers.clear();
    this.#consumed.clear();
  }
}

function wireConsumer({
  consumer,
  owner,
  source,
}: {
  consumer: Consumer;
  owner: Participant;
  source: Source;
}): ConsumerParameters {
  return consumerSchema.parse({
    id: consumer.id,
    producerId: consumer.producerId,
    participantId: owner.id,
    source,
    kind: consumer.kind,
    rtpParameters: consumer.rtpParameters,
    producerPaused: consumer.producerPaused,
  });
}
