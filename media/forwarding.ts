import type { Producer } from 'mediasoup/types';
import type { Logger } from 'pino';
import { ClassroomError } from './errors.ts';
import type { Participant } from './participant.ts';
import type { RequestData, Source } from './protocol.ts';
import type { Recorder } from './recorder.ts';
import type { RoomMedia } from './room-media.ts';
import type { Stage } from './stage.ts';
import type { RouterLease } from './workers.ts';

const kindOf = { camera: 'video', screen: 'video', microphone: 'audio', screenAudio: 'audio' } as const;

export type ForwardingOptions = {
  media: RoomMedia;
  stage: Stage;
  recorder: Recorder;
  log: Logger;
  participants(): Participant[];
  live(): boolean;
  /** Whether that is recorded of this room while it is on stage. Everything of the presenter is. */
  recordedFromRoom(roomId: string | null, source: Source): boolean;
  onSourcesChanged(participant: Participant): void;
};

/** Who sends what to whom in a room, and what of it is recorded. */
export class Forwarding {
  readonly #options: ForwardingOptions;

  constructor(options: ForwardingOptions) {
    this.#options = options;
  }

  /** Fresh transports for a participant, with a consumer for everything that is sent to it. */
  async openTransports(participant: Participant) {
    for (const source of participant.producers.keys()) this.#options.recorder.forget(participant.id, source);
    return this.#options.media.use(async (lease) => {
      const transports = await participant.openTransports(lease);
      try {
        await this.#offerAll(lease, participant);
      } catch (cause) {
        participant.closeMedia();
        throw cause;
      }
      return transports;
    });
  }

  /** Fresh transports and consumers for somebody who is in. @throws ClassroomError `session_ended`, `media_unavailable` */
  async reopen(participant: Participant) {
    participant.opening = true;
    try {
      const transports = await this.openTransports(participant);
      return { epoch: this.#options.media.epoch, ...transports, consumers: participant.wireConsumers() };
    } finally {
      participant.opening = false;
    }
  }

  /** Offers whatever is sent and has not been offered yet. */
  async offerRest(participant: Participant): Promise<void> {
    await this.#options.media.use((lease) => this.#offerAll(lease, participant));
  }

  /**
   * Who sends a source anew has lost the former one: its answer, or the page that sent it. The new one takes its place.
   * @throws ClassroomError `source_not_allowed`, `not_on_stage`, `bad_request` when mediasoup refuses the parameters
   */
  async produce(participant: Participant, { source, rtpParameters, paused }: RequestData<'produce'>): Promise<string> {
    if (!participant.claims.sources.includes(source)) throw new ClassroomError('source_not_allowed');
    this.#requireStage(participant);
    const transport = participant.sendTransport();
    const shallPause = () => paused || (source === 'microphone' && participant.muted);
    let producer: Producer;
    try {
      producer = await transport.produce({
        kind: kindOf[source],
        rtpParameters,
        paused: shallPause(),
        keyFrameRequestDelay: 500,
      });
      // The presenter may have muted the room, or let it speak again, while the producer was being made.
      while (producer.paused !== shallPause()) await (shallPause() ? producer.pause() : producer.resume());
    } catch (cause) {
      throw new ClassroomError(transport.closed ? 'media_unavailable' : 'bad_request', { cause });
    }
    try {
      // The room may have been sent down, or be gone, while the producer was being made.
      if (producer.closed) throw new ClassroomError('media_unavailable');
      this.#requireStage(participant);
    } catch (refusal) {
      producer.close();
      throw refusal;
    }
    this.closeProducer(participant, source);
    participant.producers.set(source, producer);
    producer.on('transportclose', () => {
      if (participant.producers.get(source) === producer) participant.producers.delete(source);
    });
    this.#options.onSourcesChanged(participant);
    this.#record(participant, source, producer);
    await this.#options.media.use((lease) =>
      Promise.all(
        this.#options.participants().map((other) => this.#offer(lease, other, participant, source, producer)),
      ),
    );
    return producer.id;
  }

  closeProducer(participant: Participant, source: Source): void {
    const producer = participant.producers.get(source);
    if (!producer) return;
    participant.producers.delete(source);
    this.#options.recorder.forget(participant.id, source);
    producer.close();
    this.#options.onSourcesChanged(participant);
  }

  /** Everything that a participant sends is gone with it. */
  close(participant: Participant): void {
    for (const source of participant.producers.keys()) this.#options.recorder.forget(participant.id, source);
    participant.closeMedia();
  }

  /** What was sent before the lesson was live is recorded from now on. */
  recordAll(): void {
    for (const participant of this.#options.participants()) {
      for (const [source, producer] of participant.producers) this.#record(participant, source, producer);
    }
  }

  /** Whether this source of theirs is part of a recording. */
  isRecorded({ role, roomId }: Participant, source: Source): boolean {
    if (!this.#options.live()) return false;
    return role === 'presenter' || (role === 'receiver' && this.#options.recordedFromRoom(roomId, source));
  }

  /** Closes what a room sends, and tells it. */
  sendDown(roomId: string): void {
    for (const participant of this.#options.participants()) {
      if (participant.role !== 'receiver' || participant.roomId !== roomId) continue;
      for (const [source, producer] of participant.producers) {
        this.closeProducer(participant, source);
        participant.notify('producerClosed', { producerId: producer.id, source, reason: 'sent_down' });
      }
    }
  }

  #requireStage({ role, roomId }: Participant): void {
    if (role === 'receiver' && !this.#options.stage.has(roomId)) throw new ClassroomError('not_on_stage');
  }

  async #offerAll(lease: RouterLease, to: Participant): Promise<void> {
    const offers = this.#options
      .participants()
      .flatMap((owner) =>
        [...owner.producers].map(([source, producer]) => this.#offer(lease, to, owner, source, producer)),
      );
    await Promise.all(offers);
  }

  /** Everybody hears and sees all others, except that a room does not meet itself and assistants only have their phone. */
  async #offer(
    { router }: RouterLease,
    to: Participant,
    owner: Participant,
    source: Source,
    producer: Producer,
  ): Promise<void> {
    if (to === owner || to.role === 'assistant') return;
    if (to.roomId !== null && to.roomId === owner.roomId) return;
    if (!router.canConsume({ producerId: producer.id, rtpCapabilities: to.rtpCapabilities })) {
      if (!producer.closed)
        this.#options.log.warn({ participant: to.id, source }, 'a participant cannot play this codec');
      return;
    }
    const consumer = await to.consume(owner, source, producer);
    if (consumer && !to.opening) to.notify('consumerAdded', { consumer });
  }

  #record(owner: Participant, source: Source, producer: Producer): void {
    const { id: participantId, role, roomId } = owner;
    // The second says the same of who sends, for the compiler.
    if (!this.isRecorded(owner, source) || (role !== 'presenter' && role !== 'receiver')) return;
    this.#options.recorder.record({ participantId, role, roomId, source }, producer);
  }
}
