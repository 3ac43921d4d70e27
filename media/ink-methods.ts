import { ClassroomError } from './errors.ts';
import type { InkPage } from './ink.ts';
import type { Definition } from './method.ts';
import type { Room } from './room.ts';

const presenter = ['presenter'] as const;

/** A page of the slides that are shown. @throws ClassroomError `session_not_open`, `not_found` */
function pageIn(room: Room, { fileId, page }: InkPage): InkPage {
  // Nothing is recorded yet, and the replay shows what was drawn.
  if (!room.live) throw new ClassroomError('session_not_open');
  const { slides } = room.slideShow;
  if (slides?.fileId !== fileId || page > slides.pages) throw new ClassroomError('not_found');
  return { fileId, page };
}

type InkMethod = 'drawStroke' | 'undoStroke' | 'clearInk';

/** What the presenter draws on the slides. Whoever draws shows it already: only the others are told. */
export const inkMethods: { [M in InkMethod]: Definition<M> } = {
  drawStroke: {
    who: presenter,
    handle({ room, participant }, said) {
      const at = pageIn(room, said);
      const { points, piece } = room.ink.draw(at, said);
      if (piece) {
        room.audience.broadcast('strokeDrawn', { page: at.page, ...piece }, participant);
        room.recorder.note({ type: 'stroke', ...at, ...piece });
      }
      return { points };
    },
  },

  undoStroke: {
    who: presenter,
    handle({ room, participant }, { strokeId, ...page }) {
      const at = pageIn(room, page);
      if (!room.ink.undo(at, strokeId)) return {};
      room.audience.broadcast('strokeUndone', { page: at.page, strokeId }, participant);
      room.recorder.note({ type: 'strokeUndone', ...at, strokeId });
      return {};
    },
  },

  clearInk: {
    who: presenter,
    handle({ room, participant }, page) {
      const at = pageIn(room, page);
      if (!room.ink.clear(at)) return {};
      room.audience.broadcast('inkCleared', { page: at.page }, participant);
      room.recorder.note({ type: 'inkCleared', ...at });
      return {};
    },
  },
};
