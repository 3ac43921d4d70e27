import type { Consumer, Producer } from 'mediasoup/types';
import { hasPicture } from './ladder.ts';
import type { Participant } from './participant.ts';
import { type ConsumerParameters, consumer as consumerSchema, type Rung, type Source } from './protocol.ts';

/** Before a client has said how large it shows a camera; a screen is read, so it may come whole. */
const usualCameraLayer = 1;

export type FeedOptions = {
  /** Paused. */
  consumer: Consumer;
  owner: Participant;
  source: Source;
  /** Of simulcast, the one that the consumer was made with. */
  layer: number;
  rung: Rung;
};

/** What one participant gets of one producer: when it runs, and how large. */
export class Feed {
  readonly consumer: Consumer;
  readonly owner: Participant;
  readonly source: Source;
  /** The client is ready for its packets. */
  #ready = false;
  #rung: Rung;
  #wished: number;
  #running = false;
  #layer: number;

  constructor({ consumer, owner, source, layer, rung }: FeedOptions) {
    this.consumer = consumer;
    this.owner = owner;
    this.source = source;
    this.#rung = rung;
    this.#wished = layer;
    this.#layer = layer;
  }

  get running(): boolean {
    return this.#running;
  }

  /** A picture of it is on its way, so that the worker's estimate goes by something. */
  get picturing(): boolean {
    if (!this.#running || this.consumer.kind !== 'video' || this.consumer.producerPaused) return false;
    return this.owner.producers.get(this.source)?.score.some(({ score }) => score > 0) ?? false;
  }

  /** Layer that is wanted of the producer; null while nothing is. */
  get demand(): number | null {
    return this.#running && this.#layered ? this.#layer : null;
  }

  /** Of a size or none: the ladder lets it through. */
  get #allowed(): boolean {
    if (this.consumer.kind === 'audio') return true;
    if (this.source === 'camera' && this.owner.role !== 'presenter') return this.#rung === 'all';
    return hasPicture(this.#rung);
  }

  get #layered(): boolean {
    return this.consumer.type === 'simulcast';
  }

  /** What its client makes its own consumer of. */
  describe(): ConsumerParameters {
    const { consumer, owner, source } = this;
    const { id, producerId, kind, rtpParameters, producerPaused } = consumer;
    return consumerSchema.parse({
      id,
      producerId,
      participantId: owner.id,
      source,
      kind,
      rtpParameters,
      producerPaused,
    });
  }

  /** Said again, it means that the client has missed something: a picture begins anew. */
  async ready(ready: boolean): Promise<void> {
    if (ready && this.#running && this.consumer.kind === 'video') await this.consumer.requestKeyFrame();
    this.#ready = ready;
    await this.#apply();
  }

  async wish(layer: number): Promise<void> {
    this.#wished = layer;
    await this.#apply();
  }

  async stepTo(rung: Rung): Promise<void> {
    this.#rung = rung;
    await this.#apply();
  }

  /** Layers first: what begins to run begins at its size. */
  async #apply(): Promise<void> {
    const { consumer } = this;
    const layer = this.#rung === 'low_video' ? 0 : this.#wished;
    const run = this.#ready && this.#allowed;
    const steps: Promise<void>[] = [];
    if (this.#layered && layer !== this.#layer) steps.push(consumer.setPreferredLayers({ spatialLayer: layer }));
    if (run !== this.#running) steps.push(run ? consumer.resume() : consumer.pause());
    this.#layer = layer;
    this.#running = run;
    await Promise.all(steps);
  }
}

/** The layer to make a consumer with. */
export function firstLayer(source: Source, { rtpParameters }: Producer): number {
  const top = (rtpParameters.encodings?.length ?? 1) - 1;
  return source === 'camera' ? Math.min(usualCameraLayer, top) : top;
}
