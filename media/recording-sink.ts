import type { RecordingState, Source } from './protocol.ts';
import type { LessonEvent } from './recorded-event.ts';

/**
 * Where a recorder puts what it hears and sees. Implemented by whoever owns storage; the recorder knows nothing of it.
 *
 * Every method is durable when its promise resolves, and idempotent: the recorder repeats a call whose answer it did
 * not see (same keys, same bytes). When a method rejects, the recorder keeps the data on its own disk and tries again,
 * in the same order, until it succeeds; it then says `interrupted` and, afterwards, `recording` again. Chunks that follow
 * each other may be written at once.
 */
export interface RecordingSink {
  /**
   * The class session is live and is to be recorded. There is one recording a class session: when a node starts again
   * in mid-lesson, `open` answers the same recording with the next unused epoch.
   */
  open(request: { classSessionId: string; at: number }): Promise<{ recordingId: string; epoch: number }>;
  /** A participant began to send something. Called before the track's first chunk. */
  trackOpened(track: RecordedTrack): Promise<void>;
  /** At most every 2 s a track. `bytes` is a whole chunk (see rtp-log.ts), immutable from now on. */
  chunkWritten(chunk: RecordedChunk, bytes: Uint8Array): Promise<void>;
  /** The bytes of a chunk were lost before they came here: it is written down that they are missing. */
  chunkLost(chunk: RecordedChunk): Promise<void>;
  /** `reason` is a stable word for the operator, such as `no_bytes`, `sink_failed`, `worker_died`. */
  stateChanged(change: {
    recordingId: string;
    state: RecordingState;
    reason: string | null;
    at: number;
  }): Promise<void>;
  /** Something to replay beside the picture. */
  eventHappened(event: RecordedEvent): Promise<void>;
}

/** Thrown by a sink that will never take this, however often it is tried: it is put aside, and what follows goes on. */
export class SinkRefusal extends Error {
  override readonly name = 'SinkRefusal';
}

/** One source of one participant, from its first packet to its last, in one epoch. Its key is (recordingId, trackId). */
export type RecordedTrack = {
  recordingId: string;
  /** Unique in the recording; letters, digits, `-`. */
  trackId: string;
  /** Raised each time the recorder starts anew: worker death, node restart. */
  epoch: number;
  participantId: string;
  role: 'presenter' | 'receiver';
  roomId: string | null;
  source: Source;
  kind: 'audio' | 'video';
  /** `audio/opus`, `video/VP8`, `video/H264`. */
  mimeType: string;
  /** Ticks a second of the RTP timestamp. */
  clockRate: number;
  channels: number | null;
  openedAt: number;
};

/** One immutable piece of a track. Its key is (recordingId, trackId, epoch, number). */
export type RecordedChunk = {
  recordingId: string;
  trackId: string;
  epoch: number;
  /** From 0, without gaps, in the order written. */
  number: number;
  /** Size of the chunk in bytes. */
  bytes: number;
  /** Lower-case hexadecimal. */
  sha256: string;
  packets: number;
  /** Extended RTP sequence numbers (RFC 3550, appendix A.1): 16 bits plus the cycles counted from the track's start. */
  firstSequence: number;
  lastSequence: number;
  /** Wall clock of the node, milliseconds since 1970. */
  firstArrival: number;
  lastArrival: number;
};

/** `at` in milliseconds since 1970. */
export type RecordedEvent = { recordingId: string; at: number } & LessonEvent;
