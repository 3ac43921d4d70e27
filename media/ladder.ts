import type { LinkReport, Rung, Why } from './protocol.ts';
import type { SourceHealth } from './source-health.ts';

/** From everything down to sound alone. Sound is on every rung. */
export const rungs = ['all', 'no_thumbnails', 'low_video', 'slides_audio', 'audio'] as const satisfies Rung[];

/** What a room has told, and what the node knows of its line. */
export type Reading = Pick<LinkReport, 'loss' | 'concealed' | 'frozen' | 'downKbps'> & {
  /** Milliseconds, of any clock that never goes back. */
  at: number;
  /** Of the media's own way. */
  rttMs: number | null;
  /** What the node believes to fit through the line; only worth something while pictures are sent. */
  availableKbps: number | null;
  /** How what is sent to the room came to the node: that is no fault of the room's line. */
  source: SourceHealth;
};

export type Ladder = {
  readonly rung: Rung;
  /** Why it is not `all`. */
  readonly why: Why | null;
  /** Readings with trouble, one after the other. */
  readonly troubled: number;
  /** Since when there was none. */
  readonly calmSince: number;
  /** When it began, or last went up or down. */
  readonly steppedAt: number;
  /** When it last went up. */
  readonly climbedAt: number | null;
  /** Climbs in a row that were followed by a fall. */
  readonly failures: number;
  /** How often it fell from each rung that it has not held since. */
  readonly falls: Readonly<Partial<Record<Rung, number>>>;
  /** What went through when the line was too narrow; null once a climb has shown that more does. */
  readonly narrowKbps: number | null;
  /** What came at the last readings, in kbit/s, the newest last. */
  readonly came: readonly number[];
  /** The shortest round trip seen: without a queue. */
  readonly emptyRttMs: number | null;
  /** Until when it counts as a line that loses packets although nothing queues: sending less would save none of them. */
  readonly lossyUntil: number;
  /** For how many readings it has been one. */
  readonly lossyFor: number;
  /** What is sent at least over such a line, in kbit/s; null on any other. */
  readonly floorKbps: number | null;
  /** At the last reading the trouble was the sender's. */
  readonly sourceTroubled: boolean;
};

/** What a rung takes at least, in kbit/s: with less it does more harm than good (v). */
const needs: Record<Rung, number> = { all: 300, no_thumbnails: 200, low_video: 110, slides_audio: 40, audio: 0 };
/** What there must be before a rung is tried from below (v). */
const wants: Record<Rung, number> = { all: 450, no_thumbnails: 300, low_video: 150, slides_audio: 45, audio: 0 };

/** So much longer than an empty one, a way is full (v). */
const queueMs = 180;
/** Share of packets that lines lose by themselves; what loses more is too narrow (v). */
const lossyFrom = 0.02;
const lossyTo = 0.4;
const starvedFrom = 0.05;
/** Without a queue, and known to be: a way that was never seen empty may be full (v). */
const emptyMs = 60;
const farthestMs = 150;
/** Loss is reported in fits and starts. */
const lossyForMs = 7_000;
/** As much as a picture of the middle size, and the sound (v). */
const mostFloorKbps = 600;
/** Share of the sound that is made up: noticed, and not to be understood any more (v). */
const choppy = 0.06;
const broken = 0.25;
/** Nothing comes through that deserves the name (v). */
const deadKbps = 12;
/** Share of the time in which the picture stands (v). */
const standing = 0.4;
/** So many readings with lesser trouble before it steps down; more where only the slides are left to give up. */
const patience = 2;
const patienceForSlides = 4;
/** After so long without trouble it steps up; twice as long after each climb that failed (v). */
const calmMs = 12_000;
const longestCalmMs = 300_000;
/** A fall so soon after a climb is the climb's. */
const climbTestedMs = 12_000;
/** So long it has to stay on a rung to hold it: what polices a line lets it go faster for a while (v). */
const heldMs = 120_000;
/** So many readings tell what went through lately. */
const cameFor = 3;
/** What comes now was sent before the last step, or before buffers were filled: it is not judged (v). */
const settlingMs = 3_500;

/** Where the ladder begins on a line of which something is known: where it stood, and no higher than what fits. */
export function firstRung(remembered: Rung, downKbps: number | undefined): Rung {
  if (downKbps === undefined) return remembered;
  const fits = rungs.findIndex((each) => each === 'slides_audio' || wants[each] <= downKbps);
  return rungs[Math.max(fits, rungs.indexOf(remembered))] ?? remembered;
}

export function startLadder(rung: Rung, at: number): Ladder {
  // Below the pictures it was put by a line that did not carry them: that is not tried at once again.
  const failures = hasPicture(rung) ? 0 : 2;
  return {
    rung,
    why: null,
    troubled: 0,
    calmSince: at,
    steppedAt: at,
    climbedAt: null,
    failures,
    falls: {},
    narrowKbps: null,
    came: [],
    emptyRttMs: null,
    lossyUntil: Number.NEGATIVE_INFINITY,
    lossyFor: 0,
    floorKbps: null,
    sourceTroubled: false,
  };
}

/** One reading further. Whether anything has changed for the room is seen by `rung` and `why`. */
export function nextRung(former: Ladder, told: Reading): Ladder {
  const reading = { ...told, loss: ownLoss(told) };
  const ladder = recovered(former, reading);
  const now = measured(ladder, reading);
  if (isOfSource(now, reading)) return { ...now, troubled: 0, calmSince: reading.at };
  const trouble = troubleOf(now, reading);
  if (!trouble) return climbed({ ...now, troubled: 0 }, reading);
  const { at } = reading;
  // A line that was gone is not one that is too thin: it is judged once it is back.
  if ((reading.downKbps ?? 0) < deadKbps) return { ...now, troubled: 0, calmSince: at, steppedAt: at };
  const troubled = ladder.troubled + 1;
  const calm = { ...now, troubled, calmSince: at };
  if (trouble.grave && trouble.narrow && hasPicture(ladder.rung)) return fallen(calm, reading, trouble);
  if (at - ladder.steppedAt < settlingMs) return { ...calm, troubled: 0 };
  const last = ladder.rung === 'slides_audio';
  if ((!trouble.grave || last) && troubled < (last ? patienceForSlides : patience)) return calm;
  return fallen(calm, reading, trouble);
}

/** What got lost before the node, the room's line did not lose. */
function ownLoss({ loss, source }: Reading): number | null {
  return loss === null ? null : Math.max(0, loss - source.loss);
}

/** Climbs that failed while the sender was in trouble say nothing of the line, unless that was seen to be too narrow. */
function recovered(ladder: Ladder, { source }: Reading): Ladder {
  const over = ladder.sourceTroubled && !source.troubled && ladder.why?.cause !== 'speed';
  return { ...ladder, sourceTroubled: source.troubled, ...(over && { failures: 0, falls: {} }) };
}

/** Sound or picture break because the node itself does not get them well, and the room's own line shows no fault. */
function isOfSource(ladder: Ladder, reading: Reading): boolean {
  if (!reading.source.troubled) return false;
  const trouble = troubleOf(ladder, reading);
  return trouble !== null && !trouble.narrow && (reading.loss ?? 0) < lossyFrom;
}

/** What kind of line it is. */
function measured(before: Ladder, { at, rttMs, loss, downKbps }: Reading): Ladder {
  const ladder = { ...before, came: [...before.came, downKbps ?? 0].slice(-cameFor) };
  const emptyRttMs = shorter(ladder.emptyRttMs, rttMs);
  const empty = rttMs !== null && emptyRttMs !== null && emptyRttMs <= farthestMs && rttMs - emptyRttMs <= emptyMs;
  const losing = (loss ?? 0) >= lossyFrom && (loss ?? 0) < lossyTo;
  const full = isQueued({ ...ladder, emptyRttMs }, rttMs) || (loss ?? 0) >= lossyTo;
  const lossyUntil = full ? at : losing && empty ? at + lossyForMs : ladder.lossyUntil;
  if (at >= lossyUntil) return { ...ladder, emptyRttMs, lossyUntil, lossyFor: 0, floorKbps: null };
  const lossyFor = ladder.lossyFor + 1;
  return { ...ladder, emptyRttMs, lossyUntil, lossyFor, floorKbps: floorOf(ladder, lossyFor, downKbps) };
}

/** At first less than has come through; then more and more, until a queue shows that it was enough (v). */
function floorOf({ floorKbps }: Ladder, lossyFor: number, downKbps: number | null): number | null {
  if (lossyFor < patience) return null;
  return Math.min(mostFloorKbps, Math.round(floorKbps === null ? 0.85 * (downKbps ?? 0) : 1.3 * floorKbps));
}

function isQueued({ emptyRttMs }: Ladder, rttMs: number | null): boolean {
  return rttMs !== null && emptyRttMs !== null && rttMs - Math.min(emptyRttMs, farthestMs) >= queueMs;
}

type Trouble = {
  why: Why;
  grave: boolean;
  narrow: boolean;
  /** What goes through a line that is too narrow. */
  fitsKbps: number | null;
};

/** A queue alone is the estimate's business: it sends less of the picture. */
function troubleOf(ladder: Ladder, reading: Reading): Trouble | null {
  const { rung, floorKbps } = ladder;
  const { loss, concealed, frozen, rttMs, availableKbps, downKbps } = reading;
  // Not one packet of sound though none was lost, and the picture goes on: its sender has none, and no step down brings it.
  const unsent = concealed === 1 && (loss ?? 0) < lossyFrom && frozen !== null && frozen < standing;
  const made = unsent ? 0 : (concealed ?? 0);
  const heard = made >= choppy;
  const seen = hasPicture(rung) && (frozen ?? 0) >= standing;
  const tooNarrow = hasPicture(rung) && floorKbps === null && availableKbps !== null && availableKbps < needs[rung];
  if (!heard && !seen && !tooNarrow) return null;
  const grave = made >= broken || (seen && heard);
  // Sound breaks, and of what is sent comes not even enough for the smallest picture. (Without loss it is a busy machine.)
  const little = downKbps !== null && downKbps < needs.low_video && (loss ?? 0) >= starvedFrom;
  const starved = grave && hasPicture(rung) && little;
  const full = starved || isQueued(ladder, rttMs) || (loss ?? 0) >= lossyTo;
  const narrow = tooNarrow || full;
  // What came is all that fits only where the line is full: a picture in which little moves takes less than there is, and
  // after a first overload the estimate is far below what went through.
  const fitsKbps = full ? downKbps : Math.max(...ladder.came, availableKbps ?? 0);
  const found = { grave, narrow, fitsKbps: narrow ? fitsKbps : null };
  if (narrow) return { ...found, why: { cause: 'speed', value: Math.round(fitsKbps ?? availableKbps ?? 0) } };
  if ((loss ?? 0) >= lossyFrom) return { ...found, why: { cause: 'loss', value: loss ?? 0 } };
  if (heard) return { ...found, why: { cause: 'sound', value: made } };
  return { ...found, why: { cause: 'picture', value: frozen ?? 0 } };
}

function fallen(ladder: Ladder, reading: Reading, { why, narrow, fitsKbps }: Trouble): Ladder {
  const rung = lower(ladder.rung, fitsKbps);
  const climb = ladder.climbedAt !== null && reading.at - ladder.climbedAt < climbTestedMs;
  return {
    ...ladder,
    rung,
    why,
    troubled: 0,
    steppedAt: reading.at,
    climbedAt: null,
    failures: climb ? ladder.failures + 1 : ladder.failures,
    falls: { ...ladder.falls, [ladder.rung]: (ladder.falls[ladder.rung] ?? 0) + 1 },
    narrowKbps: narrow ? fitsKbps : ladder.narrowKbps,
  };
}

/** One step down; where the line is too narrow, down to what fits through it, but with sound and slides. */
function lower(rung: Rung, fitsKbps: number | null): Rung {
  const at = rungs.indexOf(rung);
  const next = Math.min(at + 1, rungs.length - 1);
  if (fitsKbps === null) return rungs[next] ?? rung;
  const fitting = rungs.findIndex(
    (each, index) => index >= next && (each === 'slides_audio' || needs[each] <= fitsKbps),
  );
  return rungs[fitting === -1 ? next : fitting] ?? rung;
}

function climbed(before: Ladder, reading: Reading): Ladder {
  const { at, availableKbps } = reading;
  const proven = before.climbedAt !== null && at - before.climbedAt >= climbTestedMs;
  const tested = proven ? { ...before, failures: 0, narrowKbps: null } : before;
  const ladder = at - before.steppedAt >= heldMs ? held(tested) : tested;
  const next = rungs[rungs.indexOf(ladder.rung) - 1];
  if (next === undefined) return { ...ladder, why: null };
  if (at - ladder.calmSince < calmFor(ladder, next)) return ladder;
  // Without pictures nothing tells how much more would fit: it is tried.
  const fits =
    !hasPicture(ladder.rung) || ladder.floorKbps !== null || availableKbps === null || availableKbps >= wants[next];
  if (!fits) return ladder;
  return { ...ladder, rung: next, climbedAt: at, steppedAt: at, calmSince: at };
}

/** Where it stands, it stands well; what is above has yet to show. */
function held(ladder: Ladder): Ladder {
  const above: Rung[] = rungs.slice(0, rungs.indexOf(ladder.rung));
  return { ...ladder, falls: Object.fromEntries(above.map((rung) => [rung, ladder.falls[rung] ?? 0])) };
}

/**
 * How long it stays before it tries again: longer after each failure, where the line was seen to be too narrow, and before
 * a rung from which it fell again and again, also where each time it seemed to stand for a while.
 */
function calmFor({ failures, falls, narrowKbps, climbedAt }: Ladder, next: Rung): number {
  const narrow = narrowKbps !== null && narrowKbps < needs[next] && climbedAt === null;
  const doublings = Math.max(failures + (narrow ? 2 : 0), (falls[next] ?? 0) - 1);
  return Math.min(longestCalmMs, calmMs * 2 ** doublings);
}

export function hasPicture(rung: Rung): boolean {
  return rung !== 'slides_audio' && rung !== 'audio';
}

function shorter(known: number | null, now: number | null): number | null {
  if (now === null) return known;
  // It creeps up, so that a way that has become longer for good is not taken for a queue for ever.
  return known === null ? now : Math.min(now, known + 1);
}
