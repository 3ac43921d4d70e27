import type { RecordingGap, Timeline } from './finished-recording.ts';
import { merge, type Span, type TrackSurvey } from './track-survey.ts';

export type Completeness = { share: number; gaps: RecordingGap[]; tracks: Timeline['tracks'] };

/**
 * What of the lesson was received, told honestly: stretches lost on the way, silences of a sender that was not paused, and
 * the time until a sender that was cut off came back. (A camera that the presenter turned off is no loss.)
 */
export function measureCompleteness(surveys: TrackSurvey[], zero: number): Completeness {
  const ordered = [...surveys].sort((a, b) => a.span.from - b.span.from);
  const gaps: RecordingGap[] = [];
  let expected = 0;
  let received = 0;
  const tracks = ordered.map((survey) => {
    const { track, span, lostPackets } = survey;
    const losses = merge([...survey.losses, ...interruption(survey, ordered)]);
    const lost = lengthOf(losses);
    const expectedMs = span.to - span.from + lengthOf(interruption(survey, ordered));
    const receivedMs = Math.max(0, expectedMs - lost);
    if (track.role === 'presenter' && (track.source === 'camera' || track.source === 'microphone')) {
      expected += expectedMs;
      received += receivedMs;
    }
    for (const { from, to } of losses) {
      // What was lost before the first picture or sound is at 0, as every event of that time.
      const startMs = Math.max(0, Math.round(from - zero));
      const endMs = Math.max(startMs, Math.round(to - zero));
      gaps.push({ track: track.source, roomId: track.roomId, startMs, endMs });
    }
    return {
      trackId: track.trackId,
      participantId: track.participantId,
      roomId: track.roomId,
      source: track.source,
      startMs: Math.round(span.from - zero),
      endMs: Math.round(span.to - zero),
      expectedMs: Math.round(expectedMs),
      receivedMs: Math.round(receivedMs),
      lostPackets,
    };
  });
  gaps.sort((a, b) => a.startMs - b.startMs);
  return { share: expected === 0 ? 0 : received / expected, gaps, tracks };
}

/** The time before this track in which its sender was gone: with its epoch, because of us, or until it joined anew. */
function interruption(survey: TrackSurvey, all: TrackSurvey[]): Span[] {
  const { track, span } = survey;
  const former = all.findLast(
    (each) =>
      each.track.source === track.source &&
      each.track.role === track.role &&
      each.track.roomId === track.roomId &&
      each.span.to <= span.from,
  );
  const { epoch, participantId } = former?.track ?? track;
  if (!former || (epoch === track.epoch && participantId === track.participantId)) return [];
  return [{ from: former.span.to, to: span.from }];
}

function lengthOf(spans: Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
