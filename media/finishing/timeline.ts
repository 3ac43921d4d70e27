import type { RecordedEvent } from '../recording-sink.ts';
import type { Completeness } from './completeness.ts';
import type { Timeline } from './finished-recording.ts';
import { InkTimeline } from './ink-timeline.ts';

/** The lesson's events on the time line of its video. What happened before the first picture or sound is at 0. */
export function buildTimeline(
  events: RecordedEvent[],
  { gaps, tracks }: Completeness,
  zero: number,
  durationMs: number,
): Timeline {
  const timeline: Timeline = { durationMs, slides: [], stage: [], hands: [], ink: [], tracks, gaps };
  const ink = new InkTimeline();
  let fileId: string | null = null;
  for (const event of [...events].sort((a, b) => a.at - b.at)) {
    const atMs = Math.min(Math.max(0, Math.round(event.at - zero)), durationMs);
    switch (event.type) {
      case 'slides':
        fileId = event.fileId;
        showPage(timeline, { atMs, page: event.page, fileId });
        break;
      case 'slide':
        showPage(timeline, { atMs, page: event.page, fileId });
        break;
      case 'stage':
        timeline.stage.push({ atMs, roomIds: event.roomIds });
        break;
      case 'hand':
        timeline.hands.push({ atMs, roomId: event.roomId, raised: event.raised });
        break;
      case 'stroke':
      case 'strokeUndone':
      case 'inkCleared':
        ink.add(event, atMs);
        break;
      // What is between a room and its presenter is not replayed.
      case 'message':
      case 'messageSeen':
      case 'timer':
      case 'producer':
      case 'mute':
        break;
    }
  }
  return { ...timeline, ink: ink.strokes };
}

/** Of several pages at one moment the last is shown; a page shown again (after a restart in mid-lesson) is no turn. */
function showPage({ slides }: Timeline, shown: Timeline['slides'][number]): void {
  if (slides.at(-1)?.atMs === shown.atMs) slides.pop();
  const last = slides.at(-1);
  if (last && last.page === shown.page && last.fileId === shown.fileId) return;
  slides.push(shown);
}
