import { z } from 'zod';
import { rtpParameters } from './webrtc-parameters.ts';

/** What a lesson consists of, as it crosses the wire. Durations are milliseconds; instants are milliseconds since 1970 (UTC). */

export const role = z.enum(['presenter', 'receiver', 'assistant', 'observer']);
export type Role = z.infer<typeof role>;

/** What a participant may send. `screenAudio` is the sound of a shared screen. */
export const source = z.enum(['camera', 'microphone', 'screen', 'screenAudio']);
export type Source = z.infer<typeof source>;

export const id = z.string().min(1).max(64);
export const instant = z.number().int().nonnegative();
export const count = z.number().int().nonnegative();
/** How many people sit in a room. */
export const headCount = z.number().int().min(0).max(500);

export const participant = z.object({
  id,
  role,
  /** Shown name: a person's, or `school · room` for a room's device. */
  name: z.string(),
  /** The physical classroom, for a receiver or an assistant. */
  roomId: id.nullable(),
  /** False while its socket is gone and it may still resume. */
  connected: z.boolean(),
  /** What it is sending now, and which of these it has paused itself. */
  sources: z.array(z.object({ source, paused: z.boolean() })),
  /** The presenter has silenced its microphone. */
  muted: z.boolean(),
});
export type Participant = z.infer<typeof participant>;

/** One track to play, created at the node and paused until `resumeConsumers`. */
export const consumer = z.object({
  id,
  producerId: id,
  participantId: id,
  source,
  kind: z.enum(['audio', 'video']),
  rtpParameters,
  /** The sender has paused it: show its place-holder. */
  producerPaused: z.boolean(),
});
export type ConsumerParameters = z.infer<typeof consumer>;

export const slides = z.object({ fileId: id, name: z.string(), pages: count });
export type Slides = z.infer<typeof slides>;

/** `interrupted`: nothing has been written for 5 s, or the store does not answer and packets are kept on the node's disk. */
export const recordingState = z.enum(['armed', 'recording', 'interrupted', 'finishing', 'finished', 'failed']);
export type RecordingState = z.infer<typeof recordingState>;

/** Step of the ladder, from everything to sound alone: what a room still gets when its line is bad. */
export const rung = z.enum(['all', 'no_thumbnails', 'low_video', 'slides_audio', 'audio']);
export type Rung = z.infer<typeof rung>;

/**
 * Why a room is not on the first rung. `speed`: kbit/s that came through a line too narrow; `loss`: share of packets
 * lost; `sound`: share of the sound that had to be made up; `picture`: it stood still.
 */
export const why = z.object({
  cause: z.enum(['speed', 'loss', 'sound', 'picture']),
  value: z.number().nonnegative().max(1e7),
});
export type Why = z.infer<typeof why>;

/** How well one participant receives, as it reports itself. */
export const linkReport = z.object({
  rttMs: z.number().nonnegative().max(60_000).nullable(),
  /** Share of packets lost on the way to it, 0 to 1, over the last period. */
  loss: z.number().min(0).max(1).nullable(),
  downKbps: z.number().nonnegative().max(1e7).nullable(),
  upKbps: z.number().nonnegative().max(1e7).nullable(),
  /** Frames a second of the presenter's picture. */
  fps: z.number().nonnegative().max(240).nullable(),
  /** Share of the time in which that picture stood still, 0 to 1; null when none is expected. */
  frozen: z.number().min(0).max(1).nullable(),
  /** Share of the audio played that was made up to hide loss, 0 to 1. */
  concealed: z.number().min(0).max(1).nullable(),
  /** How the media travels. */
  path: z.enum(['udp', 'tcp', 'relay']).nullable(),
});
export type LinkReport = z.infer<typeof linkReport>;

/** The same with what the node made of it. */
export const link = linkReport.extend({ rung, why: why.nullable() });
export type Link = z.infer<typeof link>;

/** What a room tells its presenter in writing. `text`: in words of its own. */
export const messageKind = z.enum(['no_sound', 'no_picture', 'choppy', 'text']);
/** Without NUL and halves of characters, which no database takes: the journal of the recording would wait behind them for ever. */
export const messageText = z
  .string()
  .trim()
  .max(200)
  .refine((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));
export const message = z.object({
  id,
  roomId: id,
  kind: messageKind,
  /** Empty unless it is of that kind. */
  text: messageText,
  at: instant,
  /** The presenter has read it. */
  seen: z.boolean(),
});
export type Message = z.infer<typeof message>;

/** A place on the page that is shown, in ten-thousandths of its width and height from the top left. */
export const pagePoint = z.object({ x: z.number().int().min(0).max(10_000), y: z.number().int().min(0).max(10_000) });
export type PagePoint = z.infer<typeof pagePoint>;

/** What the presenter draws with. */
export const inkColor = z.enum(['red', 'blue', 'black', 'white']);
export type InkColor = z.infer<typeof inkColor>;
export const inkWidth = z.enum(['thin', 'thick']);
export type InkWidth = z.infer<typeof inkWidth>;

/** Given by who draws it; unique on its page. */
export const strokeId = z.string().regex(/^[\w-]{1,16}$/);
/** Places of the page as of `pagePoint`, x and y in turn: as objects they would take twice the line. */
export const linePoints = z.array(z.number().int().min(0).max(10_000)).refine(({ length }) => length % 2 === 0);
/** A line that is drawn on a page and stays there. */
export const stroke = z.object({ id: strokeId, color: inkColor, width: inkWidth, points: linePoints });
export type Stroke = z.infer<typeof stroke>;

/** How often each room was called to the stage; those that never were are not named. */
export const turns = z.array(z.object({ roomId: id, count }));

/** What of a room's pupils, while it is on stage, is in the recording; of rooms that are not named, nothing. */
export const recordedFromRoom = z.object({ roomId: id, sources: z.array(source).max(8) });
export type RecordedFromRoom = z.infer<typeof recordedFromRoom>;

/** A time that is set for all, to work in silence. */
export const timer = z.object({ endsAt: instant, durationMs: count });
export type Timer = z.infer<typeof timer>;

/** All state of a room that a client shows. */
export const snapshot = z.object({
  /** Raised by one each time the room's media is rebuilt. */
  epoch: count,
  /** The `seq` of the last notification that this snapshot already contains. */
  seq: count,
  session: z.object({
    id,
    title: z.string(),
    /** False before the presenter has begun: rooms wait and see the clock. */
    live: z.boolean(),
    startedAt: instant.nullable(),
    /** Music lesson: original sound, stereo, receivers' microphones closed. */
    music: z.boolean(),
  }),
  participants: z.array(participant),
  /** The node's clock: those of rooms are often wrong. */
  now: instant,
  /** Rooms on stage, in the order they were called. */
  stage: z.array(id),
  turns,
  /** Raised hands, the first first. */
  hands: z.array(z.object({ roomId: id, raisedAt: instant })),
  /** Of the rooms in which somebody has counted. */
  headCounts: z.array(z.object({ roomId: id, count: headCount })),
  timer: timer.nullable(),
  /** Of the own room; of all rooms for the presenter. */
  messages: z.array(message),
  slides: slides.nullable(),
  /** Page shown, from 1. */
  page: count,
  /** What is drawn on that page, the oldest stroke first. That of another page comes when it is turned to. */
  ink: z.array(stroke),
  recording: recordingState.nullable(),
  recordedFromRooms: z.array(recordedFromRoom),
  consumers: z.array(consumer),
  /** Where the participant's own ladder stands. */
  rung,
  why: why.nullable(),
});
export type Snapshot = z.infer<typeof snapshot>;
