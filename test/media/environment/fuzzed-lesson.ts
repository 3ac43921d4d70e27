import type { JoinClaims } from '../../../media/index.ts';
import type { Method, RequestAnswer, Role, RtpCapabilities, Snapshot } from '../../../media/protocol.ts';
import { observerClaims, opusParameters, presenterClaims, receiverClaims, type TestNode, token } from './node.ts';
import { RawPeer } from './raw-peer.ts';

export const roles = ['presenter', 'receiver', 'assistant', 'observer'] as const satisfies Role[];

const everybody: readonly Role[] = roles;
const senders: readonly Role[] = ['presenter', 'receiver'];
const presenter: readonly Role[] = ['presenter'];

/** Who may do what, as docs/protocol.md says it; on purpose not the table that the node goes by. */
export const rights: Record<Exclude<Method, 'join' | 'resume'>, readonly Role[]> = {
  openTransports: everybody,
  connectTransport: everybody,
  restartIce: everybody,
  produce: senders,
  pauseProducer: senders,
  resumeProducer: senders,
  closeProducer: senders,
  resumeConsumers: everybody,
  pauseConsumers: everybody,
  setPreferredLayer: everybody,
  turnSlide: presenter,
  pointAt: presenter,
  drawStroke: presenter,
  undoStroke: presenter,
  clearInk: presenter,
  callToStage: presenter,
  sendDown: presenter,
  mute: presenter,
  raiseHand: ['receiver', 'assistant'],
  confirmHeadCount: ['presenter', 'receiver', 'assistant'],
  lowerHand: presenter,
  sendMessage: ['receiver', 'assistant'],
  seeMessage: presenter,
  setTimer: presenter,
  sendPicture: ['receiver'],
  reportLink: everybody,
  ping: everybody,
  leave: everybody,
  end: presenter,
};
export const methods = Object.keys(rights) as (keyof typeof rights)[];

export function claimsOf(role: Role, classSessionId: string): JoinClaims {
  if (role === 'presenter') return presenterClaims(classSessionId);
  if (role === 'observer') return observerClaims(classSessionId);
  if (role === 'receiver') return receiverClaims(classSessionId);
  return { role, classSessionId, name: '班主任', deviceId: 'phone-1', roomId: 'room-1', sources: [] };
}

export type Seat = { peer: RawPeer; answer: RequestAnswer<'join'>; producerId: string };

/** Somebody of this role who is in, and who sends if it may. */
export async function takeSeat(
  { url }: Pick<TestNode, 'url'>,
  role: Role,
  session: string,
  rtpCapabilities: RtpCapabilities,
): Promise<Seat> {
  const peer = await RawPeer.connect(url);
  const claims = claimsOf(role, session);
  const answer = await peer.answerOf<RequestAnswer<'join'>>('join', { token: await token(claims), rtpCapabilities });
  // One that is not on stage is refused, and has none.
  const produced = { source: 'microphone', rtpParameters: opusParameters(role === 'presenter' ? 11 : 12) };
  const outcome = await peer.ask('produce', produced);
  const sent = [...peer.answers.values()].at(-1);
  const producerId = outcome === 'ok' && sent?.ok ? (sent.data as RequestAnswer<'produce'>).producerId : 'none';
  return { peer, answer, producerId };
}

/** What each request looks like when it is right, for whoever sits here. */
export function sayings({ answer, producerId }: Seat, ssrc: number): Record<keyof typeof rights, unknown> {
  const transportId = answer.sendTransport?.id ?? answer.receiveTransport.id;
  const consumerId = answer.consumers[0]?.id ?? 'none';
  const fingerprints = [{ algorithm: 'sha-256', value: 'AB:'.repeat(31).concat('AB') }];
  return {
    openTransports: {},
    connectTransport: { transportId, dtlsParameters: { role: 'client', fingerprints } },
    restartIce: { transportId },
    ping: {},
    produce: { source: 'camera', rtpParameters: pictureParameters(ssrc), paused: false },
    pauseProducer: { producerId },
    resumeProducer: { producerId },
    closeProducer: { producerId },
    resumeConsumers: { consumerIds: [consumerId] },
    pauseConsumers: { consumerIds: [consumerId] },
    setPreferredLayer: { consumerId, spatialLayer: 1 },
    turnSlide: { page: 3 },
    pointAt: { at: { x: 5000, y: 2500 } },
    drawStroke: {
      ...{ fileId: 'file-1', page: 1, from: 0 },
      stroke: { id: `s${ssrc % 7}`, color: 'red', width: 'thin', points: [100, 200, 300, 400, 9_000, 10_000] },
    },
    undoStroke: { fileId: 'file-1', page: 1, strokeId: `s${ssrc % 7}` },
    clearInk: { fileId: 'file-1', page: 1 },
    callToStage: { roomId: 'room-2' },
    sendDown: { roomId: 'room-1' },
    mute: { participantId: answer.participants.find(({ role }) => role === 'receiver')?.id ?? 'none', muted: true },
    raiseHand: { raised: true },
    confirmHeadCount: { count: 31, roomId: 'room-1' },
    lowerHand: { roomId: 'room-1' },
    sendMessage: { kind: 'text', text: '第 3 题没听清' },
    seeMessage: { messageId: 'none' },
    setTimer: { durationMs: 60_000 },
    sendPicture: { jpeg: '/9j/4AAQ' },
    reportLink: {
      ...{ rttMs: 40, loss: 0, downKbps: 900, upKbps: 50, fps: 25, frozen: 0, concealed: 0 },
      path: 'udp',
    },
    leave: {},
    end: {},
  };
}

/** All that a browser says of a picture in three sizes. */
export const pictureParameters = (ssrc: number) => ({
  mid: `m${ssrc}`,
  codecs: [
    {
      ...{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, parameters: { 'x-google-start-bitrate': 1000 } },
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc', parameter: '' }],
    },
    { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 }, rtcpFeedback: [] },
  ],
  headerExtensions: [
    { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4, encrypt: false, parameters: {} },
    { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 10, encrypt: false, parameters: {} },
  ],
  encodings: [0, 2, 4].map((more) => ({
    ...{ active: true, ssrc: ssrc + more, rtx: { ssrc: ssrc + more + 1 }, dtx: false },
    ...{ scalabilityMode: 'L1T3', maxBitrate: 900_000, scaleResolutionDownBy: 2, maxFramerate: 30 },
  })),
  rtcp: { cname: 'browser', reducedSize: true },
  msid: 'stream track',
});

/** What only those may change who have a right to it. */
export function stateOf({
  stage,
  turns,
  timer,
  hands,
  headCounts,
  slides,
  page,
  ink,
  participants,
  session,
  epoch,
}: Snapshot) {
  const sending = participants
    .filter(({ role, connected }) => senders.includes(role) && connected)
    .map(({ id, role, sources, muted }) => ({ id, role, sources, muted }));
  return {
    stage,
    turns,
    timer,
    hands: hands.map(({ roomId }) => roomId),
    headCounts,
    slides,
    page,
    ink,
    sending,
    live: session.live,
    epoch,
  };
}
