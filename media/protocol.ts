import { z } from 'zod';
import {
  dtlsParameters,
  iceParameters,
  iceServer,
  rtpCapabilities,
  rtpParameters,
  transportParameters,
} from './webrtc-parameters.ts';

export type { IceServer, RtpCapabilities, RtpParameters, TransportParameters } from './webrtc-parameters.ts';

/**
 * The classroom's wire: every frame between a client and a media node, as JSON in text frames of one WebSocket.
 *
 * 1. The client opens `classroomPath`. The node at once notifies `hello` with the capabilities of its routers, which
 *    are the same for every room, so that the client can load its mediasoup Device without asking.
 * 2. The client requests `join` with its token (from the API, 60 s) within 10 s. One answer carries all that is needed
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
  /** The token was wrong or expired, `resume` came too late, or access has ended: ask the API for a new token. */
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

export const role = z.enum(['presenter', 'receiver', 'assistant', 'observer']);
export type Role = z.infer<typeof role>;

/** What a participant may send. `screenAudio` is the sound of a shared screen. */
export const source = z.enum(['camera', 'microphone', 'screen', 'screenAudio']);
export type Source = z.infer<typeof source>;

export const errorCodes = [
  'token_invalid',
  'token_expired',
  'resume_unknown',
  'not_joined',
  'already_joined',
  'bad_request',
  'method_not_allowed',
  'source_not_allowed',
  'not_on_stage',
  'stage_full',
  'muted_by_presenter',
  'session_not_open',
  'session_ended',
  'not_found',
  'too_many_requests',
  'media_unavailable',
  'internal',
] as const;
export const errorCode = z.enum(errorCodes);
export type ClassroomErrorCode = z.infer<typeof errorCode>;

const id = z.string().min(1).max(64);
const instant = z.number().int().nonnegative();
const count = z.number().int().nonnegative();
const nothing = z.object({});

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

/** How well one participant receives, as it reports itself. */
export const link = z.object({
  rttMs: z.number().nonnegative().max(60_000).nullable(),
  /** Share of packets lost on the way to it, 0 to 1, over the last period. */
  loss: z.number().min(0).max(1).nullable(),
  downKbps: z.number().nonnegative().max(1e7).nullable(),
  upKbps: z.number().nonnegative().max(1e7).nullable(),
  /** Frames a second of the presenter's picture. */
  fps: z.number().nonnegative().max(240).nullable(),
  /** Share of the audio played that was made up to hide loss, 0 to 1. */
  concealed: z.number().min(0).max(1).nullable(),
  /** How the media travels. */
  path: z.enum(['udp', 'tcp', 'relay']).nullable(),
  /** Step of the ladder, from everything to audio only. */
  rung: z.enum(['all', 'no_thumbnails', 'low_video', 'slides_audio', 'audio']),
});
export type Link = z.infer<typeof link>;

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
  /** Rooms on stage, in the order they were called. */
  stage: z.array(id),
  /** Raised hands, the first first. */
  hands: z.array(z.object({ roomId: id, raisedAt: instant })),
  slides: slides.nullable(),
  /** Page shown, from 1. */
  page: count,
  recording: recordingState.nullable(),
  consumers: z.array(consumer),
});
export type Snapshot = z.infer<typeof snapshot>;

const transports = {
  /** Null for those who may never send. */
  sendTransport: transportParameters.nullable(),
  receiveTransport: transportParameters,
};

/** Method → what the client sends (`data`) and what the node answers (`answer`). */
export const requests = {
  /** First frame of a new participant. A second join of the same account or device replaces the first. */
  join: {
    data: z.object({ token: z.string().max(4096), rtpCapabilities }),
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

  /** The client has made these consumers and is ready for their packets (video begins with a key frame). Unknown ids are ignored: their producer has just gone. */
  resumeConsumers: { data: z.object({ consumerIds: z.array(id).min(1).max(256) }), answer: nothing },
  pauseConsumers: { data: z.object({ consumerIds: z.array(id).min(1).max(256) }), answer: nothing },
  /** Largest simulcast layer wanted: 0 = quarter, 1 = half, 2 = full size. */
  setPreferredLayer: { data: z.object({ consumerId: id, spatialLayer: count.max(2) }), answer: nothing },

  /** Presenter: show this page (from 1). */
  turnSlide: { data: z.object({ page: z.number().int().min(1).max(10_000) }), answer: nothing },
  /** Presenter: show other slides, or none. */
  showSlides: { data: z.object({ slides: slides.nullable() }), answer: nothing },
  callToStage: { data: z.object({ roomId: id }), answer: nothing },
  sendDown: { data: z.object({ roomId: id }), answer: nothing },
  /** Presenter: silence a participant's microphone, or allow it again. */
  mute: { data: z.object({ participantId: id, muted: z.boolean() }), answer: nothing },
  /** Receiver or assistant, for its own room. */
  raiseHand: { data: z.object({ raised: z.boolean() }), answer: nothing },
  /** Presenter: take a room's hand down. */
  lowerHand: { data: z.object({ roomId: id }), answer: nothing },
  /** A receiver off stage: a small still picture (JPEG, 320×180, base64) for the presenter's wall; at most one every 2 s. */
  sendPicture: { data: z.object({ jpeg: z.base64().max(48_000) }), answer: nothing },
  reportLink: { data: link, answer: nothing },
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
  slideTurned: z.object({ page: count, at: instant }),
  slidesShown: z.object({ slides: slides.nullable(), page: count, at: instant }),
  stageChanged: z.object({ stage: z.array(id) }),
  handsChanged: z.object({ hands: z.array(z.object({ roomId: id, raisedAt: instant })) }),
  /** To the muted participant itself as well. */
  muteChanged: z.object({ participantId: id, muted: z.boolean() }),
  wentLive: z.object({ startedAt: instant }),
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

/** Client → node. `data` is parsed with `requests[method].data`. */
export const requestFrame = z.object({
  type: z.literal('request'),
  id: z.number().int().nonnegative(),
  method: z.string().max(64),
  data: z.unknown(),
});
export type RequestFrame = z.infer<typeof requestFrame>;

export const responseFrame = z.discriminatedUnion('ok', [
  z.object({ type: z.literal('response'), id: z.number().int(), ok: z.literal(true), data: z.unknown() }),
  z.object({
    type: z.literal('response'),
    id: z.number().int(),
    ok: z.literal(false),
    error: z.object({
      code: errorCode,
      /** The like HTTP status: 400, 401, 403, 404, 409, 429, 500, 503. */
      status: z.number().int(),
    }),
  }),
]);
export type ResponseFrame = z.infer<typeof responseFrame>;

export const notificationFrame = z.object({
  type: z.literal('notification'),
  seq: count.nullable(),
  method: z.string().max(64),
  data: z.unknown(),
});
export type NotificationFrame = z.infer<typeof notificationFrame>;

/** Node → client. `data` is parsed with `requests[method].answer` or `notifications[method]`. */
export const serverFrame = z.union([responseFrame, notificationFrame]);
export type ServerFrame = z.infer<typeof serverFrame>;
