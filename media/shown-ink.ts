import type { StrokePiece } from './ink.ts';
import type { NotificationData, Stroke } from './protocol.ts';
import type { Room } from './room.ts';

/** What a line that carries the sound besides has brought long before it counts as lost: about 7 kB. */
const pointsAtOnce = 700;
/** Of a stroke's name and style, in points. */
const pointsOfStyle = 8;
const pointsOfPiece = 256;

/** What is drawn on the page that is shown: what is told with the page, and what follows it. */
export function shownInk({ slideShow, ink }: Pick<Room, 'slideShow' | 'ink'>): {
  first: Stroke[];
  rest: NotificationData<'strokeDrawn'>[];
} {
  const { slides, page } = slideShow;
  const first: Stroke[] = [];
  const rest: NotificationData<'strokeDrawn'>[] = [];
  let points = 0;
  for (const stroke of slides ? ink.on({ fileId: slides.fileId, page }) : []) {
    points += stroke.points.length / 2 + pointsOfStyle;
    if (points <= pointsAtOnce) first.push(stroke);
    else rest.push(...piecesOf(stroke).map((piece) => ({ page, ...piece })));
  }
  return { first, rest };
}

function piecesOf(stroke: Stroke): StrokePiece[] {
  const pieces: StrokePiece[] = [];
  for (let from = 0; 2 * from < stroke.points.length; from += pointsOfPiece) {
    pieces.push({ from, stroke: { ...stroke, points: stroke.points.slice(2 * from, 2 * (from + pointsOfPiece)) } });
  }
  return pieces;
}
