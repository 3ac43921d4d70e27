import { z } from 'zod';
import { count, id, linePoints, stroke, strokeId } from './room-state.ts';

/** What of the classroom's wire is about drawing on slides; spread into the tables of protocol.ts. */

/** Of a stroke, in one request: a longer piece is sent in parts, each of which is one event of the recording's journal. */
export const maxPiecePoints = 64;
/** What is drawn on a page is sent to who comes in, on a line of 64 kbit/s in some seconds; that of a lesson is loaded with its replay. */
export const inkLimits = { strokesOfPage: 400, pointsOfPage: 4_000, pointsOfLesson: 40_000 } as const;

const nothing = z.object({});
/** A page of the slides that are shown, though not always the one that is shown now: turns may be under way. */
const inkPage = { fileId: id, page: z.number().int().min(1).max(10_000) };

export const inkRequests = {
  /** Presenter: the next piece of a stroke, or its first (`from: 0`). Said again, it adds nothing. */
  drawStroke: {
    data: z.object({
      ...inkPage,
      /** How many points the stroke has before this piece. */
      from: count,
      stroke: stroke.extend({ points: linePoints.min(2).max(2 * maxPiecePoints) }),
    }),
    /** How many points the node has of the stroke now: what follows these is still to be sent. */
    answer: z.object({ points: count }),
  },
  /** Presenter: take this stroke away. */
  undoStroke: { data: z.object({ ...inkPage, strokeId }), answer: nothing },
  /** Presenter: take away all that is drawn on a page. */
  clearInk: { data: z.object(inkPage), answer: nothing },
} as const;

export const inkNotifications = {
  /** To all but who draws: `stroke` holds the points that are new, which follow the first `from`. */
  strokeDrawn: z.object({ page: count, from: count, stroke }),
  strokeUndone: z.object({ page: count, strokeId }),
  inkCleared: z.object({ page: count }),
} as const;
