import type { Producer } from 'mediasoup/types';
import type { Participant } from './participant.ts';
import type { Source } from './protocol.ts';

/** A layer that nobody wants is sent for this long still: who steps back and forth makes no key frames (v). */
const graceMs = 10_000;

export type LayerDemandOptions = {
  participants(): Participant[];
  /** What is recorded is recorded at its full size. */
  isRecorded(owner: Participant, source: Source): boolean;
};

type Told = { layer: number; lowering: NodeJS.Timeout | null };

/** Tells senders how large their pictures are watched, so that none encodes and sends what nobody sees. */
export class LayerDemand {
  readonly #options: LayerDemandOptions;
  readonly #told = new WeakMap<Producer, Told>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: LayerDemandOptions) {
    this.#options = options;
  }

  /** Somebody watches more or less than before, or sends something new. */
  changed(): void {
    for (const owner of this.#options.participants()) {
      for (const [source, producer] of owner.producers) {
        if (producer.type === 'simulcast') this.#weigh(owner, source, producer);
      }
    }
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** At once when more is wanted, after a while when less is. */
  #weigh(owner: Participant, source: Source, producer: Producer): void {
    const top = topLayer(producer);
    const told = this.#told.get(producer) ?? { layer: top, lowering: null };
    this.#told.set(producer, told);
    const wanted = this.#wanted(owner, source, producer);
    if (wanted < told.layer) {
      if (told.lowering) return;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        told.lowering = null;
        const still = this.#wanted(owner, source, producer);
        if (still < told.layer) this.#tell(owner, producer, told, still);
      }, graceMs);
      told.lowering = timer;
      this.#timers.add(timer);
      return;
    }
    if (wanted > told.layer) this.#tell(owner, producer, told, wanted);
  }

  #tell(owner: Participant, producer: Producer, told: Told, layer: number): void {
    if (producer.closed) return;
    told.layer = layer;
    owner.notify('layersWanted', { producerId: producer.id, spatialLayer: layer });
  }

  /** The smallest is always sent: whoever comes sees something at once. */
  #wanted(owner: Participant, source: Source, producer: Producer): number {
    if (this.#options.isRecorded(owner, source)) return topLayer(producer);
    const demands = this.#options
      .participants()
      .flatMap(({ consumers }) => [...consumers.values()])
      .filter(({ consumer }) => consumer.producerId === producer.id)
      .map(({ demand }) => demand ?? 0);
    return Math.max(0, ...demands);
  }
}

function topLayer({ rtpParameters }: Producer): number {
  return (rtpParameters.encodings?.length ?? 1) - 1;
}
