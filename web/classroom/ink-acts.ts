import { shallowRef, triggerRef } from 'vue';
import { maxPiecePoints, type Stroke } from '../../media/protocol.ts';
import { simplify } from '../ink/simplify.ts';
import type { Connection } from './connection.ts';
import { type FailureCode, failureCode, isLineFault } from './failure.ts';

/** Something that the presenter did with the pen, and that the node may not have heard of. */
export type InkAct = { fileId: string; page: number } & (
  | {
      kind: 'draw';
      stroke: Stroke;
      /** Drawn since the last piece was sent, as the pen told it. */
      tail: readonly number[];
      /** So many points of the stroke the node has. */
      sent: number;
      ended: boolean;
    }
  | { kind: 'undo'; strokeId: string }
  | { kind: 'clear' }
);
export type DrawAct = Extract<InkAct, { kind: 'draw' }>;

/** A line seems to grow steadily when it does so often; each piece costs every room about 200 bytes. */
const pieceEveryMs = 150;
/** What waited for the line is sent faster, and stays below what the node lets a client ask for in the long run. */
const waitingEveryMs = 50;
const againMs = 1_000;

export interface InkActsOptions {
  request: Connection['request'];
  /** The node has all of it: it is no act any more. */
  done(act: InkAct): void;
  /** The node does not take it. What it has of a stroke stays. */
  refused(code: FailureCode): void;
}

const isAllSent = ({ ended, tail, sent, stroke }: DrawAct): boolean =>
  !ended && tail.length === 0 && 2 * sent === stroke.points.length;

/** What the presenter does with the pen: shown at once, sent in order, kept while the line is gone. */
export function createInkActs({ request, done, refused }: InkActsOptions) {
  const acts = shallowRef<InkAct[]>([]);
  let sending = false;
  let again = false;

  function settle(act: DrawAct): void {
    if (act.tail.length === 0) return;
    const { points } = act.stroke;
    // From the last point on, which is there already.
    const more = points.length > 0 ? simplify([...points.slice(-2), ...act.tail]).slice(2) : simplify(act.tail);
    act.stroke = { ...act.stroke, points: [...points, ...more] };
    act.tail = [];
  }

  async function sendDraw(act: DrawAct): Promise<boolean> {
    settle(act);
    const { fileId, page, stroke, sent } = act;
    const waiting = stroke.points.length / 2 - sent;
    if (waiting === 0) return act.ended;
    const points = stroke.points.slice(2 * sent, 2 * (sent + maxPiecePoints));
    const pause = new Promise((resolve) =>
      setTimeout(resolve, act.ended || waiting > maxPiecePoints ? waitingEveryMs : pieceEveryMs),
    );
    const answer = await request('drawStroke', { fileId, page, from: sent, stroke: { ...stroke, points } });
    act.sent = Math.min(answer.points, act.stroke.points.length / 2);
    await pause;
    return false;
  }

  /** @returns whether there is nothing more to be said of it */
  async function sendAct(act: InkAct): Promise<boolean> {
    const { fileId, page } = act;
    if (act.kind === 'draw') return await sendDraw(act);
    if (act.kind === 'undo') await request('undoStroke', { fileId, page, strokeId: act.strokeId });
    else await request('clearInk', { fileId, page });
    return true;
  }

  /** @returns whether it still counted: its slides may be gone. */
  function drop(act: InkAct): boolean {
    const counted = acts.value.includes(act);
    acts.value = acts.value.filter((one) => one !== act);
    return counted;
  }

  function refuse(act: InkAct, code: FailureCode): void {
    if (!drop(act)) return;
    if (act.kind === 'draw') {
      act.ended = true;
      act.stroke = { ...act.stroke, points: act.stroke.points.slice(0, 2 * act.sent) };
      act.tail = [];
      if (act.sent > 0) done(act);
    }
    refused(code);
  }

  async function send(): Promise<void> {
    again = sending;
    if (sending) return;
    sending = true;
    try {
      for (let act = acts.value[0]; act; act = acts.value[0]) {
        try {
          if (await sendAct(act)) {
            if (drop(act)) done(act);
          }
          // Nothing of the stroke that is being drawn waits.
          else if (act.kind === 'draw' && isAllSent(act)) break;
        } catch (error) {
          if (isLineFault(error)) throw error;
          refuse(act, failureCode(error));
        }
      }
    } catch (error) {
      // The line, when it is back, calls; an answer that did not come over a good one is asked for again.
      if (failureCode(error) === 'timed_out') setTimeout(() => void send(), againMs);
    } finally {
      sending = false;
      if (again && acts.value.length > 0) void send();
    }
  }

  return {
    acts,
    add(act: InkAct): void {
      acts.value = [...acts.value, act];
      void send();
    },
    /** A stroke has grown, or is at its end. */
    changed(): void {
      triggerRef(acts);
      void send();
    },
    /** The slides are others: what was to be drawn on the former has no place. */
    forget(): void {
      acts.value = [];
    },
    lineBack: (): void => void send(),
  };
}
