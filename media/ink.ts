import { ClassroomError } from './errors.ts';
import { inkLimits, type Stroke } from './protocol.ts';
import type { InkEvent } from './recorded-event.ts';

/** A page of a set of slides. */
export type InkPage = { fileId: string; page: number };
/** A part of a stroke: its points follow the first `from` of it. */
export type StrokePiece = { from: number; stroke: Stroke };

const pointsIn = ({ points }: Stroke): number => points.length / 2;

/** What the presenter has drawn on the slides of a lesson. Strokes are never changed, only replaced. */
export class Ink {
  /** By page, then by the id of the stroke, in the order in which they were begun. */
  readonly #pages = new Map<string, Map<string, Stroke>>();
  /** Of all that was ever drawn: the recording keeps what was taken away. */
  #pointsOfLesson = 0;

  /** @param events what was drawn before this node had the lesson */
  constructor(events: readonly InkEvent[]) {
    for (const event of events) {
      if (event.type === 'stroke') this.#add(event, this.#newIn(event, event).piece);
      else if (event.type === 'strokeUndone') this.undo(event, event.strokeId);
      else this.clear(event);
    }
  }

  /** The oldest stroke first. */
  on({ fileId, page }: InkPage): Stroke[] {
    return [...(this.#pages.get(keyOf({ fileId, page }))?.values() ?? [])];
  }

  /**
   * Adds what is new in a piece: it may overlap what the stroke has already, and adds nothing when a part before it is missing.
   * @returns how many points the stroke has now, and what was new, if anything was
   * @throws ClassroomError `page_ink_full`, `lesson_ink_full`
   */
  draw(at: InkPage, said: StrokePiece): { points: number; piece: StrokePiece | null } {
    const { points, piece } = this.#newIn(at, said);
    if (piece) {
      const more = pointsIn(piece.stroke);
      const strokes = this.on(at);
      const drawn = strokes.reduce((sum, each) => sum + pointsIn(each), 0);
      if (piece.from === 0 && strokes.length >= inkLimits.strokesOfPage) throw new ClassroomError('page_ink_full');
      if (drawn + more > inkLimits.pointsOfPage) throw new ClassroomError('page_ink_full');
      if (this.#pointsOfLesson + more > inkLimits.pointsOfLesson) throw new ClassroomError('lesson_ink_full');
      this.#add(at, piece);
    }
    return { points, piece };
  }

  /** @returns false when there is no such stroke */
  undo(at: InkPage, strokeId: string): boolean {
    return this.#pages.get(keyOf(at))?.delete(strokeId) ?? false;
  }

  /** @returns false when there was nothing */
  clear(at: InkPage): boolean {
    const drawn = this.on(at).length > 0;
    this.#pages.delete(keyOf(at));
    return drawn;
  }

  #newIn(at: InkPage, { from, stroke }: StrokePiece): { points: number; piece: StrokePiece | null } {
    const before = this.#pages.get(keyOf(at))?.get(stroke.id);
    const have = before ? pointsIn(before) : 0;
    const points = from > have ? [] : stroke.points.slice((have - from) * 2);
    if (points.length === 0) return { points: have, piece: null };
    // What it is drawn with was said with its beginning.
    const piece = { from: have, stroke: { ...(before ?? stroke), points } };
    return { points: have + pointsIn(piece.stroke), piece };
  }

  #add(at: InkPage, piece: StrokePiece | null): void {
    if (!piece) return;
    const strokes = this.#pages.get(keyOf(at)) ?? new Map<string, Stroke>();
    const before = strokes.get(piece.stroke.id);
    const points = [...(before?.points ?? []), ...piece.stroke.points];
    strokes.set(piece.stroke.id, { ...piece.stroke, points });
    this.#pages.set(keyOf(at), strokes);
    this.#pointsOfLesson += pointsIn(piece.stroke);
  }
}

function keyOf({ fileId, page }: InkPage): string {
  return `${fileId} ${page}`;
}
