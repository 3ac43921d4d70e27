import type { Producer } from 'mediasoup/types';
import type { Source } from './protocol.ts';

/** How well what a room is shown reaches the node in the first place. */
export type SourceHealth = {
  /** Share of packets that were lost before the node and stayed lost. */
  loss: number;
  /** It explains sound and pictures that break: much is lost on the way to the node, or nothing comes at all. */
  troubled: boolean;
};

/** Whoever sends. */
type Sender = { readonly producers: ReadonlyMap<Source, Producer> };
type Counters = { source: Source; packets: number; lost: number; repaired: number };
type Sample = { at: number; producers: Map<Producer, Counters> };
type Watched = { samples: Sample[]; asking: Promise<void> | null };

/** Rooms that ask at about the same time are told of one measurement. */
const freshMs = 900;
/** As far back as rooms count their own loss. */
const overMs = 6_000;
/** A sender that is silent still sends a packet every 400 ms, and a camera that stands some frames. */
const silentMs = 1_500;
/** Share of packets from which on it is heard and seen (v). */
const troubledFrom = 0.02;
/** A shared screen sends nothing for as long as nothing moves on it. */
const steady: readonly Source[] = ['camera', 'microphone'];

export const healthySource: SourceHealth = { loss: 0, troubled: false };

/** Measures what comes in from those who send, so that no room has to pay for it. */
export class SourceWatch {
  readonly #watched = new WeakMap<Sender, Watched>();

  /** @returns how the worst of them comes in */
  async of(senders: Iterable<Sender>): Promise<SourceHealth> {
    const each = await Promise.all([...new Set(senders)].map((sender) => this.#measure(sender)));
    return {
      loss: Math.max(0, ...each.map(({ loss }) => loss)),
      troubled: each.some(({ troubled }) => troubled),
    };
  }

  async #measure(sender: Sender): Promise<SourceHealth> {
    const watched = this.#watched.get(sender) ?? { samples: [], asking: null };
    this.#watched.set(sender, watched);
    const last = watched.samples.at(-1);
    if (!last || performance.now() - last.at >= freshMs) {
      watched.asking ??= sampleOf(sender)
        .then((sample) => {
          watched.samples = [...watched.samples.filter(({ at }) => sample.at - at <= overMs), sample];
        })
        .finally(() => {
          watched.asking = null;
        });
      await watched.asking;
    }
    return judged(watched.samples);
  }
}

async function sampleOf(sender: Sender): Promise<Sample> {
  const running = [...sender.producers].filter(([, { paused, closed }]) => !paused && !closed);
  const counted = await Promise.all(
    running.map(async ([source, producer]) => {
      const stats = await producer.getStats().catch((error: unknown) => {
        // It was closed while it was being asked: it counts no more.
        if (producer.closed) return null;
        throw error;
      });
      return stats && ([producer, countersOf(source, stats)] as const);
    }),
  );
  const producers = new Map<Producer, Counters>();
  for (const each of counted) if (each) producers.set(...each);
  return { at: performance.now(), producers };
}

/** Of all layers together. */
function countersOf(source: Source, stats: Awaited<ReturnType<Producer['getStats']>>): Counters {
  const sum = (of: (stat: (typeof stats)[number]) => number) => stats.reduce((whole, stat) => whole + of(stat), 0);
  return {
    source,
    packets: sum(({ packetCount }) => packetCount),
    lost: sum(({ packetsLost }) => packetsLost),
    repaired: sum(({ packetsRepaired }) => packetsRepaired),
  };
}

function judged(samples: Sample[]): SourceHealth {
  const now = samples.at(-1);
  const oldest = samples[0];
  if (!now || !oldest) return healthySource;
  const since = { packets: 0, lost: 0, repaired: 0 };
  for (const [producer, { packets, lost, repaired }] of now.producers) {
    const before = oldest.producers.get(producer);
    if (!before) continue;
    since.packets += Math.max(0, packets - before.packets);
    since.lost += Math.max(0, lost - before.lost);
    since.repaired += Math.max(0, repaired - before.repaired);
  }
  const unrepaired = Math.max(0, since.lost - since.repaired);
  const share = (lost: number) => (lost === 0 ? 0 : lost / (unrepaired + since.packets));
  return { loss: share(unrepaired), troubled: share(since.lost) >= troubledFrom || isSilent(samples, now) };
}

function isSilent(samples: Sample[], now: Sample): boolean {
  const before = samples.findLast(({ at }) => now.at - at >= silentMs);
  if (!before) return false;
  return [...now.producers].some(
    ([producer, { source, packets }]) => steady.includes(source) && before.producers.get(producer)?.packets === packets,
  );
}
