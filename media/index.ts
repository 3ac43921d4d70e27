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
export { createMediaNode, type MediaNode, type MediaNodeOptions, type MediaNodeStats } from './media-node.ts';
export type { RecordedChunk, RecordedEvent, RecordedTrack, RecordingSink } from './recording-sink.ts';
export type { Presence, SessionDescription, SessionHooks } from './session-hooks.ts';
export { type JoinClaims, joinClaims, signJoinToken, verifyJoinToken } from './token.ts';
