/** The classroom: what the rest of Tongke may use of it. */
export { ClassroomError } from './errors.ts';
export { EmptyRecordingError, finishRecording } from './finishing/finish-recording.ts';
export type {
  FinishedRecording,
  FinishOptions,
  RecordingGap,
  RecordingJournal,
  Timeline,
} from './finishing/finished-recording.ts';
export { ChunkLostError } from './finishing/track-packets.ts';
export { createMediaNode, type MediaNode, type MediaNodeOptions } from './media-node.ts';
export type { MediaNodeStats } from './node-stats.ts';
export type { RecordedFromRoom, Slides } from './protocol.ts';
export {
  type FloorEvent,
  floorEvent,
  floorEventTypes,
  type InkEvent,
  inkEvent,
  inkEventTypes,
  type LessonEventType,
  lessonEvent,
} from './recorded-event.ts';
export {
  type RecordedChunk,
  type RecordedEvent,
  type RecordedTrack,
  type RecordingSink,
  SinkRefusal,
} from './recording-sink.ts';
export type { Presence, SessionDescription, SessionHooks } from './session-hooks.ts';
export { type JoinClaims, joinClaims, signJoinToken, signProbeToken, verifyJoinToken } from './token.ts';
