import type { InkEvent } from '../recorded-event.ts';
import type { InkStroke } from './finished-recording.ts';

/** The strokes of a lesson on the time line of its video, each as it grew, in the order in which they were begun. */
export class InkTimeline {
  readonly #strokes: InkStroke[] = [];
  /** Those that are not taken away, by page and id. */
  readonly #shown = new Map<string, InkStroke>();

  add(event: InkEvent, atMs: number): void {
    if (event.type === 'stroke') this.#draw(event, atMs);
    else if (event.type === 'strokeUndone') this.#takeAway(keyOf(event, event.strokeId), atMs);
    else for (const key of [...this.#shown.keys()]) if (key.startsWith(keyOf(event, ''))) this.#takeAway(key, atMs);
  }

  /** Without those of which nothing is ever seen: they came and went before the first picture. */
  get strokes(): InkStroke[] {
    return this.#strokes.filter(({ pieces, goneMs }) => goneMs === null || goneMs > (pieces[0]?.atMs ?? 0));
  }

  #draw(event: Extract<InkEvent, { type: 'stroke' }>, atMs: number): void {
    const { fileId, page, from, stroke } = event;
    const key = keyOf(event, stroke.id);
    const begun = this.#shown.get(key);
    const have = begun?.pieces.reduce((sum, { points }) => sum + points.length / 2, 0) ?? 0;
    // After a restart in mid-stroke a part may come twice.
    const points = stroke.points.slice(Math.max(0, have - from) * 2);
    if (points.length === 0) return;
    if (begun) {
      begun.pieces.push({ atMs, points });
      return;
    }
    const made: InkStroke = {
      fileId,
      page,
      color: stroke.color,
      width: stroke.width,
      pieces: [{ atMs, points }],
      goneMs: null,
    };
    this.#strokes.push(made);
    this.#shown.set(key, made);
  }

  #takeAway(key: string, atMs: number): void {
    const stroke = this.#shown.get(key);
    if (stroke) stroke.goneMs = atMs;
    this.#shown.delete(key);
  }
}

function keyOf({ fileId, page }: { fileId: string; page: number }, strokeId: string): string {
  return `${fileId} ${page} ${strokeId}`;
}
