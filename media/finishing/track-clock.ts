import { LeastDelay } from './least-delay.ts';

/** Timestamps that disagree with the arrival by more than this were begun anew by the sender. */
const jumpMs = 3_000;
/** A packet that is later than its timestamp by more than this: either the way was blocked, or the sender's clock stood still. */
const lagMs = 200;
/** In which what was held up on the way has come after, so that the least delay is what it was before. */
const settledMs = 15_000;
/** Reports that disagree with the arrival by more than this are of another clock. */
const strangeMs = 2_000;
/** Reports on either side of one that are averaged with it: senders take the time a little early or late. */
const averaged = 2;

/** An RTCP sender report (RFC 3550, section 6.4.1): one moment on both clocks of a sender. */
export type SenderReport = { ssrc: number; arrival: number; rtpTimestamp: number; ntpMs: number };

type Observed = { sequence: number; ms: number; arrival: number };
/** A stretch in which the timestamps run with the time. */
type Stretch = { first: Observed; last: Observed; begun: 'anew' | 'late'; least: LeastDelay };
/** What a stretch's timestamps have to be shifted by to be the sender's time, here and there in it. */
type Shift = { ms: number; by: number };
type Piece = Stretch & { shifts: Shift[] };

/**
 * From the RTP timestamps of one track to the clock of its sender. Timestamps begin anywhere, may begin anew, run at a
 * speed of their own, and stand still while a sender has nothing to capture; sender reports tell all of that. Without
 * them the sender's clock is taken to be that of the timestamps, and what it missed is seen from the arrival.
 */
export class TrackClock {
  readonly #rate: number;
  readonly #stretches: Stretch[] = [];
  readonly #reports: SenderReport[] = [];
  #previous: Observed | null = null;
  #pieces: Piece[] | null = null;

  /** @param rate ticks a second */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Packets come in the order of their sequence numbers. */
  observe(sequence: number, ticks: number, arrival: number): void {
    const observed = { sequence, ms: this.#ms(ticks), arrival };
    const { ms } = observed;
    const begun = this.#begins(observed);
    if (begun) this.#stretches.push({ first: observed, last: observed, begun, least: new LeastDelay() });
    this.#previous = observed;
    this.#pieces = null;
    const stretch = this.#stretches.at(-1);
    if (!stretch) return;
    stretch.last = observed;
    stretch.least.observe(ms, arrival - ms);
  }

  #begins({ ms, arrival }: Observed): Stretch['begun'] | null {
    const previous = this.#previous;
    if (!previous) return 'anew';
    const passed = ms - previous.ms;
    const took = arrival - previous.arrival;
    if (passed < -jumpMs || passed > took + jumpMs) return 'anew';
    return took - passed > lagMs ? 'late' : null;
  }

  report(report: SenderReport): void {
    this.#reports.push(report);
  }

  /** Whose reports came. Of a camera that is sent in several sizes there are several, of which one fits the timestamps. */
  get sources(): number[] {
    return [...new Set(this.#reports.map(({ ssrc }) => ssrc))];
  }

  /** How far the receiver's clock is ahead of the sender's, by the reports of a source. Null when there are none. */
  aheadOf(ssrc: number): number | null {
    return median(this.#measured(ssrc).map(({ ahead }) => ahead));
  }

  /** From now on, senderMs() tells the time of the clock that this source's reports are of. */
  synchronise(ssrc: number): void {
    const measured = this.#measured(ssrc);
    const usual = median(measured.map(({ ahead }) => ahead)) ?? 0;
    const plausible = measured.filter(({ ahead }) => Math.abs(ahead - usual) <= strangeMs);
    const pieces = this.#resolve();
    for (const piece of pieces) {
      const shifts = plausible.filter((one) => one.piece === piece).sort((a, b) => a.ms - b.ms);
      piece.shifts = shifts.map(({ ms }, index) => {
        // As many before as after, or the average would be of an earlier or a later moment.
        const reach = Math.min(index, shifts.length - 1 - index, averaged);
        const around = shifts.slice(index - reach, index + reach + 1);
        return { ms, by: around.reduce((sum, { by }) => sum + by, 0) / around.length };
      });
    }
    carryShifts(pieces);
  }

  /** On the sender's clock. Only for packets that were observed. */
  senderMs(sequence: number, ticks: number): number {
    const pieces = this.#resolve();
    const piece = pieces.findLast(({ first }) => first.sequence <= sequence) ?? pieces[0];
    if (!piece) throw new RangeError('a clock that has seen no packet');
    const ms = this.#ms(ticks);
    return ms + shiftAt(piece.shifts, ms);
  }

  /** Least delays on the way, by the sender's time. */
  *delays(): Generator<{ ms: number; delay: number }> {
    for (const { least, shifts } of this.#resolve()) {
      for (const { ms, delay } of least.windows()) {
        const by = shiftAt(shifts, ms);
        yield { ms: ms + by, delay: delay - by };
      }
    }
  }

  #measured(ssrc: number) {
    const pieces = this.#resolve();
    return this.#reports.flatMap((report) => {
      const piece = pieces.findLast(({ first }) => first.arrival <= report.arrival) ?? pieces[0];
      if (!piece || report.ssrc !== ssrc) return [];
      // The nearest moment at which a clock of 32 bits shows this.
      const base = Math.round((piece.first.ms * this.#rate) / 1000);
      const ms = this.#ms(base + ((report.rtpTimestamp - base) | 0));
      const by = report.ntpMs - ms;
      return [{ piece, ms, by, ahead: piece.least.at(ms) - by }];
    });
  }

  /** Stretches that were only held up on the way are one with the one before. */
  #resolve(): Piece[] {
    if (this.#pieces) return this.#pieces;
    const pieces: Piece[] = [];
    for (const [index, stretch] of this.#stretches.entries()) {
      const former = pieces.at(-1);
      const stoodStill = former && this.#leastAfter(index) - leastBefore(former) > lagMs;
      if (former && stretch.begun === 'late' && !stoodStill) {
        former.last = stretch.last;
        former.least.add(stretch.least);
        continue;
      }
      const least = new LeastDelay();
      least.add(stretch.least);
      pieces.push({ ...stretch, least, shifts: [] });
    }
    if (pieces[0]) pieces[0].shifts = [{ ms: pieces[0].first.ms, by: 0 }];
    carryShifts(pieces);
    this.#pieces = pieces;
    return pieces;
  }

  #leastAfter(index: number): number {
    const from = this.#stretches[index]?.first.ms ?? 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = index; at < this.#stretches.length; at += 1) {
      const stretch = this.#stretches[at];
      if (!stretch || (at > index && (stretch.begun === 'anew' || stretch.first.ms > from + settledMs))) break;
      least = Math.min(least, stretch.least.within(from, from + settledMs));
    }
    return least;
  }

  #ms(ticks: number): number {
    return (ticks / this.#rate) * 1000;
  }
}

function leastBefore({ last, least }: Stretch): number {
  return least.within(last.ms - settledMs, last.ms);
}

/** What has no report of its own follows from its neighbour by the step that the arrival shows between them. */
function carryShifts(pieces: Piece[]): void {
  const step = (former: Piece, next: Piece) =>
    next.least.within(next.first.ms, next.first.ms + settledMs) - leastBefore(former);
  for (const [index, piece] of pieces.entries()) {
    const former = pieces[index - 1];
    const by = former?.shifts.at(-1)?.by;
    if (former && by !== undefined && piece.shifts.length === 0) {
      piece.shifts = [{ ms: piece.first.ms, by: by + step(former, piece) }];
    }
  }
  for (const [index, piece] of [...pieces.entries()].reverse()) {
    const next = pieces[index + 1];
    const by = next?.shifts[0]?.by;
    if (next && by !== undefined && piece.shifts.length === 0) {
      piece.shifts = [{ ms: piece.last.ms, by: by - step(piece, next) }];
    }
  }
}

/** Between two of them in proportion, beyond the ends as at the end. */
function shiftAt(shifts: Shift[], ms: number): number {
  let low = 0;
  for (let high = shifts.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((shifts[middle]?.ms ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [shifts[low - 1], shifts[low]];
  if (!before || !after) return (before ?? after)?.by ?? 0;
  return before.by + ((after.by - before.by) * (ms - before.ms)) / (after.ms - before.ms);
}

function median(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}
