import type { InkColor, InkWidth, Source } from '../protocol.ts';
import type { RecordedChunk, RecordedEvent, RecordedTrack } from '../recording-sink.ts';
import type { SoundProfile } from './composition.ts';
import type { RunFfmpeg } from './program.ts';

/** What the sink kept of a recording, in any order. */
export type RecordingJournal = {
  recordingId: string;
  tracks: RecordedTrack[];
  chunks: RecordedChunk[];
  events: RecordedEvent[];
};

export type FinishOptions = {
  journal: RecordingJournal;
  /** The bytes of one chunk as a stream; its sha256 is checked against the journal. @throws ChunkLostError when it is gone */
  readChunk(chunk: RecordedChunk, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Whether a chunk that is gone or damaged is told as a gap, and does not stop the work. Default: it does. */
  toleratesLoss?: boolean;
  /** A folder that belongs to this recording alone. */
  workFolder: string;
  signal: AbortSignal;
  /** What the sound alone has to carry; default `speech`. */
  sound?: SoundProfile;
  /** It reads and writes in the work folder only; default: the one of PATH. */
  ffmpeg?: RunFfmpeg;
  /** The sound alone could not be taken; the video goes on without it. */
  onSoundFailed?(error: unknown): void;
};

/**
 * A stretch of a track, on the time line of the finished video, of which nothing usable was received.
 * `track` is its source, `roomId` null when it is the presenter's.
 */
export type RecordingGap = { track: Source; roomId: string | null; startMs: number; endMs: number };

export type FinishedRecording = {
  /** H.264/AAC MP4, index first. Absolute path in the work folder, as the poster's. */
  videoPath: string;
  /** JPEG; null when the recording has no picture at all. */
  posterPath: string | null;
  /** AAC in MP4: the sound alone; null when there is none, or it could not be taken. */
  soundPath: string | null;
  /** `Timeline` as JSON. */
  timelinePath: string;
  durationMs: number;
  width: number | null;
  height: number | null;
  /** Wall clock at 0 of the time line, milliseconds since 1970. */
  startedAt: number;
  /** Seconds received ÷ seconds expected over all of the presenter's camera and microphone, 0 to 1. */
  completeness: number;
  timeline: Timeline;
};

/** What the replay page shows beside the video, on the video's time line. */
export type Timeline = {
  durationMs: number;
  slides: { atMs: number; page: number; fileId: string | null }[];
  stage: { atMs: number; roomIds: string[] }[];
  hands: { atMs: number; roomId: string; raised: boolean }[];
  ink: InkStroke[];
  tracks: {
    trackId: string;
    participantId: string;
    roomId: string | null;
    source: string;
    startMs: number;
    endMs: number;
    expectedMs: number;
    receivedMs: number;
    lostPackets: number;
  }[];
  gaps: RecordingGap[];
};

/** A line that was drawn on a page of slides. */
export type InkStroke = {
  fileId: string;
  page: number;
  color: InkColor;
  width: InkWidth;
  /** As it grew: each piece with the moment at which it was there. Points as on the wire, x and y in turn. */
  pieces: { atMs: number; points: number[] }[];
  /** When it was taken away; null if it stayed. */
  goneMs: number | null;
};
