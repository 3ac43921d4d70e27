import type { Logger } from 'pino';
import { nextRung } from './ladder.ts';
import { LayerDemand, type LayerDemandOptions } from './layer-demand.ts';
import type { Participant } from './participant.ts';
import type { Link, LinkReport, Role } from './protocol.ts';
import { SourceWatch } from './source-health.ts';

/** Whoever gives the lesson sees all of it, as well as the line allows. */
const climbers: readonly Role[] = ['receiver', 'observer'];

/** While nothing is amiss on a line, what the worker knows of it may be so old: two reports. */
const calmStatsMs = 5_000;

export type AdaptationOptions = LayerDemandOptions & { log: Logger };

/** Lets everybody have what fits through its own line, and nobody pay for another's. */
export class Adaptation {
  readonly #log: Logger;
  readonly #demand: LayerDemand;
  readonly #sources = new SourceWatch();

  constructor(options: AdaptationOptions) {
    this.#log = options.log;
    this.#demand = new LayerDemand(options);
  }

  /** What a participant says of its line. @returns the same with where its ladder stands now */
  async take(participant: Participant, report: LinkReport): Promise<Link> {
    if (!climbers.includes(participant.role)) return { ...report, rung: 'all', why: null };
    const [{ rttMs, availableKbps }, source] = await Promise.all([
      participant.receivingStats(isCalm(participant, report) ? calmStatsMs : 0),
      this.#sources.of(participant.senders),
    ]);
    const before = participant.ladder;
    const reading = { ...report, rttMs, availableKbps, source, at: performance.now() };
    const after = nextRung(before, reading);
    participant.ladder = after;
    const { rung, why } = after;
    if (rung !== before.rung || why?.cause !== before.why?.cause) {
      this.#log.info({ participant: participant.id, from: before.rung, rung, why, reading }, 'the ladder moved');
      participant.notify('rungChanged', { rung, why });
    }
    if (rung !== before.rung) {
      await Promise.all([...participant.consumers.values()].map((feed) => feed.stepTo(rung)));
      this.#demand.changed();
    }
    await participant.setFloor(after.floorKbps);
    return { ...report, rung, why };
  }

  /** Somebody watches more or less than before, sends something new, or is gone. */
  changed(): void {
    this.#demand.changed();
  }

  close(): void {
    this.#demand.close();
  }
}

/** Whoever has everything, and nothing to complain of. */
function isCalm({ ladder }: Participant, { loss, concealed, frozen }: LinkReport): boolean {
  return ladder.rung === 'all' && ladder.troubled === 0 && (loss ?? 1) < 0.01 && (concealed ?? 0) < 0.01 && !frozen;
}
