import { z } from 'zod';
import { inkNotifications, inkRequests } from './ink-protocol.ts';
import {
  consumer,
  count,
  headCount,
  id,
  instant,
  link,
  linkReport,
  message,
  messageKind,
  messageText,
  pagePoint,
  participant,
  recordedFromRoom,
  recordingState,
  rung,
  slides,
  snapshot,
  source,
  stroke,
  timer,
  turns,
  why,
} from './room-state.ts';
import {
  dtlsParameters,
  iceParameters,
  iceServer,
  rtpCapabilities,
  rtpParameters,
  transportParameters,
} from './webrtc-parameters.ts';

export {
  type ClassroomErrorCode,
  errorCode,
  errorCodes,
  type NotificationFrame,
  notificationFrame,
  type RequestFrame,
  type ResponseFrame,
  requestFrame,
  responseFrame,
  type ServerFrame,
  serverFrame,
} from './frames.ts';
export { inkLimits, maxPiecePoints } from './ink-protocol.ts';
export {
  type ProbeAnswer,
  type ProbeData,
  type ProbeMethod,
  probeLifeMs,
  probeQuery,
  probeRequests,
} from './probe-protocol.ts';
export {
  type ConsumerParameters,
  consumer,
  type InkColor,
  type InkWidth,
  inkColor,
  inkWidth,
  type Link,
  type LinkReport,
  linkReport,
  type Message,
  type PagePoint,
  type Participant,
  type RecordedFromRoom,
  type RecordingState,
  type Role,
  type Rung,
  recordingState,
  role,
  rung,
  type Slides,
  type Snapshot,
  type Source,
  type Stroke,
  source,
  stroke,
  type Timer,
  type Why,
} from './room-state.ts';
export {
  type IceServer,
  isTurn,
  type RtpCapabilities,
  type RtpParameters,
  type TransportParameters,
} from './webrtc-parameters.ts';

/**
 * The classroom's wire: every frame between a client and a media node, as JSON in text frames of one WebSocket.
 *
 * 1. The client opens `classroomPath`. The node at once notifies `hello` with the capabilities of its routers, which
 *    are the same for every room, so that the client can load its mediasoup Device without asking.
 * 2. The client requests `join` with its token (from the API, 60 s, one use) within 10 s. One answer carries all that is needed
 *    to show and hear the lesson.
 * 3. After a lost socket the client opens a new one and requests `resume` within 30 s: its media went on meanwhile.
 *    After `reset`, or when ICE restarts fail three times, it requests `openTransports` and begins its media anew.
 *
 * Requests carry an `id` that the response repeats. Notifications that tell of state carry a `seq` that grows by one
 * for each participant; those that only inform (`seq: null`) may be dropped on a slow line and are never replayed.
 * Durations are milliseconds; instants are milliseconds since 1970 (UTC).
 */

export const protocolVersion = 1;
/** Path of the WebSocket on the media node. */
export const classroomPath = '/classroom';
/** A request unanswered for this long has failed (both sides). */
export const requestTimeoutMs = 10_000;
/** The node pings each socket this often; clients should `reportLink` about as often and treat silence as a lost line. */
export const heartbeatMs = 10_000;
/** How long a participant's media outlives its socket. */
export const resumeWindowMs = 30_000;
/** Largest frame a client may send. */
export const maxFrameBytes = 65_536;

/** Codes with which the node closes a socket (RFC 6455, section 7.4.2: 4000–4999 are private use). */
export const closeCodes = {
  /** The session is over: show the thank-you; do not reconnect. */
  ended: 4000,
  /** A frame was not of this protocol. */
  badFrame: 4400,
  /** The token was wrong, expired or used, `resume` came too late, or access has ended: ask the API for a new token. */
  refused: 4401,
  /** Neither `join` nor `resume` came within 10 s, or no pong came back. */
  timeout: 4408,
  /** The same account or device joined from elsewhere: do not reconnect by yourself. */
  replaced: 4409,
  /** The client read too slowly (more than 1 MB waiting): reconnect and `resume`. */
  tooSlow: 4413,
  /** Too many requests in a short time. */
  tooMany: 4429,
  /** The node is going down: reconnect with back-off. */
  goingAway: 4503,
} as const;

const nothing = z.object({});

const transports = {
  /** Null for those who may never send. */
  sendTransport: transportParameters.nullable(),
  receiveTransport: transportParameters,
};

/** Method → what the client sends (`data`) and what the node answers (`answer`). */
export const requests = {
  /** First frame of a new participant. A second join of the same account or device replaces the first. */
  join: {
    data: z.object({
      token: z.string().max(4096),
      rtpCapabilities,
      /** Where the device's ladder stood when it was last in a lesson: it begins there. */
      rung: rung.default('all'),
      /** What its line was last seen to carry, in kbit/s. Left out: nothing is known. */
      downKbps: z.number().positive().max(1e7).optional(),
    }),
    answer: z.object({
      participantId: id,
      /** Secret for `resume`. */
      resumeToken: z.string(),
      ...transports,
      iceServers: z.array(iceServer),
      ...snapshot.shape,
    }),
  },
  /** First frame on a new socket of a participant that was here within 30 s. `lastSeq`: the last `seq` it has handled. */
  resume: {
    data: z.object({ resumeToken: z.string().max(256), lastSeq: count }),
    answer: z.discriminatedUnion('kind', [
      /** Nothing was lost: the missed notifications follow as ordinary notifications. */
      z.object({ kind: z.literal('replay'), epoch: count, missed: count }),
      /** Too much was missed: take this state. Consumers already known by id go on; others are new or gone. */
      z.object({ kind: z.literal('snapshot'), snapshot }),
    ]),
  },
  /** After `reset`, or when ICE restarts have failed: fresh transports; everything this participant sent is closed. */
  openTransports: {
    data: nothing,
    answer: z.object({ epoch: count, ...transports, consumers: z.array(consumer) }),
  },
  connectTransport: { data: z.object({ transportId: id, dtlsParameters }), answer: nothing },
  restartIce: { data: z.object({ transportId: id }), answer: z.object({ iceParameters }) },

  /** One producer a source. A receiver sends only while its room is on stage. */
  produce: {
    data: z.object({ source, rtpParameters, paused: z.boolean().default(false) }),
    answer: z.object({ producerId: id }),
  },
  pauseProducer: { data: z.object({ producerId: id }), answer: nothing },
  resumeProducer: { data: z.object({ producerId: id }), answer: nothing },
  closeProducer: { data: z.object({ producerId: id }), answer: nothing },

  /** The client has made these consumers and is ready for their packets (video begins with a key frame). Said again after a gap: a key frame. Unknown ids are ignored: their producer has just gone. */
  resumeConsumers: { data: z.object({ consumerIds: z.array(id).min(1).max(256) }), answer: nothing },
  pauseConsumers: { data: z.object({ consumerIds: z.array(id).min(1).max(256) }), answer: nothing },
  /** Largest simulcast layer wanted: 0 = quarter, 1 = half, 2 = full size. */
  setPreferredLayer: { data: z.object({ consumerId: id, spatialLayer: count.max(2) }), answer: nothing },

  /** Presenter: show this page (from 1). `fileId`: of the slides that are meant, as others may be shown before it arrives. */
  turnSlide: { data: z.object({ page: z.number().int().min(1).max(10_000), fileId: id.optional() }), answer: nothing },
  /** Presenter: the laser pointer is here; null: nowhere. */
  pointAt: { data: z.object({ at: pagePoint.nullable() }), answer: nothing },
  ...inkRequests,
  callToStage: { data: z.object({ roomId: id }), answer: nothing },
  sendDown: { data: z.object({ roomId: id }), answer: nothing },
  /** Presenter: silence a participant's microphone, or allow it again. */
  mute: { data: z.object({ participantId: id, muted: z.boolean() }), answer: nothing },
  /** Receiver or assistant, for its own room. */
  raiseHand: { data: z.object({ raised: z.boolean() }), answer: nothing },
  /** Receiver or assistant: so many are in its own room. Presenter: in the room that is named. */
  confirmHeadCount: { data: z.object({ count: headCount, roomId: id.optional() }), answer: nothing },
  /** Receiver or assistant: a word to the presenter alone; at most one a room every 2 s. */
  sendMessage: {
    data: z
      .object({ kind: messageKind, text: messageText.default('') })
      .refine(({ kind, text }) => (kind === 'text') === (text !== '')),
    answer: z.object({ messageId: id }),
  },
  /** Presenter: it was read. */
  seeMessage: { data: z.object({ messageId: id }), answer: nothing },
  /** Presenter: a time for all, from now; null: no more. */
  setTimer: { data: z.object({ durationMs: z.number().int().min(5_000).max(3_600_000).nullable() }), answer: nothing },
  /** Presenter: take a room's hand down. */
  lowerHand: { data: z.object({ roomId: id }), answer: nothing },
  /** A receiver off stage: a small still picture (JPEG, 320×180, base64) for the presenter's wall; at most one every 2 s. */
  sendPicture: { data: z.object({ jpeg: z.base64().max(48_000) }), answer: nothing },
  /** About every 2 s, by whoever receives: the ladder goes by it. */
  reportLink: { data: linkReport, answer: nothing },
  /** Does the line still answer? Asked when nothing comes in any more, and answered out of turn. */
  ping: { data: nothing, answer: nothing },
  /** Leave at once, without the 30 s of grace. */
  leave: { data: nothing, answer: nothing },
  /** Presenter: the lesson is over for all. */
  end: { data: nothing, answer: nothing },
} as const;

export type Method = keyof typeof requests;
/** What a client passes in. */
export type RequestData<M extends Method> = z.input<(typeof requests)[M]['data']>;
/** What the client gets back. */
export type RequestAnswer<M extends Method> = z.output<(typeof requests)[M]['answer']>;

/** Method → data, from the node to a client. */
export const notifications = {
  /** Unnumbered; at once after the socket opens. */
  hello: z.object({ version: z.number().int(), routerRtpCapabilities: rtpCapabilities }),
  participantJoined: z.object({ participant }),
  participantUpdated: z.object({ participant }),
  participantLeft: z.object({ participantId: id }),
  /** Create it, then `resumeConsumers`. */
  consumerAdded: z.object({ consumer }),
  /** The sender paused or resumed the track. */
  consumerPaused: z.object({ consumerId: id, producerPaused: z.boolean() }),
  consumerClosed: z.object({ consumerId: id }),
  /** One of the client's own producers was closed by the node. */
  producerClosed: z.object({ producerId: id, source, reason: z.enum(['sent_down']) }),
  /** One of the client's own pictures: no larger layer is watched or recorded, so none need be sent. */
  layersWanted: z.object({ producerId: id, spatialLayer: count.max(2) }),
  /** The client's own ladder has moved: what it gets less, or again. */
  rungChanged: z.object({ rung, why: why.nullable() }),
  /** `ink`: what is drawn on that page. */
  slideTurned: z.object({ page: count, at: instant, ink: z.array(stroke) }),
  slidesShown: z.object({ slides: slides.nullable(), page: count, at: instant, ink: z.array(stroke) }),
  /** Unnumbered; to all but the presenter. */
  pointerMoved: z.object({ at: pagePoint.nullable() }),
  ...inkNotifications,
  stageChanged: z.object({ stage: z.array(id), turns }),
  handsChanged: z.object({ hands: z.array(z.object({ roomId: id, raisedAt: instant })) }),
  headCountConfirmed: z.object({ roomId: id, count: headCount, at: instant }),
  /** To the presenter, and to those who are in that room. */
  messageArrived: z.object({ message }),
  /** To the same: the presenter has read it. */
  messageSeen: z.object({ messageId: id }),
  timerChanged: z.object({ timer: timer.nullable() }),
  /** To the muted participant itself as well. */
  muteChanged: z.object({ participantId: id, muted: z.boolean() }),
  wentLive: z.object({ startedAt: instant, recordedFromRooms: z.array(recordedFromRoom) }),
  recordingChanged: z.object({ state: recordingState }),
  /** Unnumbered; to presenter and observers. */
  linkChanged: z.object({ participantId: id, link }),
  /** Unnumbered; to the presenter. */
  pictureArrived: z.object({ participantId: id, jpeg: z.string(), at: instant }),
  /** The room's media was rebuilt: every transport, producer and consumer is gone; request `openTransports`. */
  reset: z.object({ epoch: count }),
  /** Followed by close code 4000. */
  ended: z.object({ reason: z.enum(['presenter', 'abandoned', 'cancelled']), at: instant }),
} as const;

export type NotificationMethod = keyof typeof notifications;
export type NotificationData<M extends NotificationMethod> = z.output<(typeof notifications)[M]>;
export type EndReason = NotificationData<'ended'>['reason'];
