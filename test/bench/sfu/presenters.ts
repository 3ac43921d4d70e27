import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Audio, PeerConnection, type Track, Video } from 'node-datachannel';
import { type Kind, kinds, type Presenter, payloadTypes, startPresenting } from './lesson-packets.ts';

export const ssrcs: Record<Kind, number> = { audio: 11_111, video: 22_222 };

/** Somebody who teaches. */
export interface Presenting {
  /** Where the packets come from. */
  port: number;
  /** Until then nothing is sent: who comes in while all others are served waits for its turn. */
  begin(): void;
  stop(): void;
}

/** What mediasoup must know of a stream that comes in, as a browser would say it. */
export function sentParameters(kind: Kind) {
  const [payloadType, rtcp, encodings] = [payloadTypes[kind], { cname: 'lesson' }, [{ ssrc: ssrcs[kind] }]];
  if (kind === 'audio') {
    return { codecs: [{ mimeType: 'audio/opus', payloadType, clockRate: 48_000, channels: 2 }], encodings, rtcp };
  }
  const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];
  return { codecs: [{ mimeType: 'video/VP8', payloadType, clockRate: 90_000, rtcpFeedback }], encodings, rtcp };
}

const isReport = (packet: Buffer) => packet.readUInt8(1) === 200;

/** Plain RTP to these ports. @param reports whether they take sender reports as well */
export async function presentPlain(ports: Record<Kind, number>, reports: boolean): Promise<Presenting> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const send = (kind: Kind, packet: Buffer) => {
    if (reports || !isReport(packet)) socket.send(packet, ports[kind], '127.0.0.1');
  };
  let lesson: Presenter | undefined;
  return {
    port: socket.address().port,
    begin() {
      lesson = startPresenting(ssrcs, send);
    },
    stop() {
      lesson?.stop();
      socket.close();
    },
  };
}

const connectWithinMs = 10_000;

/** A WebRTC client that sends. @param answer gives the SFU's answer to its offer */
export async function presentWebRtc(
  address: string,
  answer: (offer: string) => Promise<string>,
  /** Called once it is connected, before anything is sent. */
  connected: () => Promise<void> = async () => undefined,
): Promise<Presenting> {
  const peer = new PeerConnection('presenter', { iceServers: [], bindAddress: address, disableAutoNegotiation: true });
  const audio = new Audio('audio', 'SendOnly');
  audio.addOpusCodec(payloadTypes.audio);
  const video = new Video('video', 'SendOnly');
  video.addVP8Codec(payloadTypes.video);
  const tracks = {} as Record<Kind, Track>;
  for (const [kind, media] of Object.entries({ audio, video })) {
    media.addSSRC(ssrcs[kind as Kind], 'lesson', 'lesson', kind);
    tracks[kind as Kind] = peer.addTrack(media);
  }
  const gathered = new Promise<void>((resolve) => {
    peer.onGatheringStateChange((state) => state === 'complete' && resolve());
  });
  peer.setLocalDescription('offer');
  await gathered;
  peer.setRemoteDescription(await answer(peer.localDescription()?.sdp ?? ''), 'answer');
  for (const deadline = Date.now() + connectWithinMs; ; await sleep(20)) {
    if (peer.state() === 'connected' && kinds.every((kind) => tracks[kind].isOpen())) break;
    if (Date.now() > deadline) throw new Error(`The presenter is ${peer.state()}.`);
  }
  await connected();
  const pair = peer.getSelectedCandidatePair();
  if (!pair) throw new Error('The presenter is connected by no pair of addresses.');
  let lesson: Presenter | undefined;
  return {
    port: pair.local.port,
    begin() {
      lesson = startPresenting(ssrcs, (kind, packet) => tracks[kind].sendMessageBinary(packet));
    },
    stop() {
      lesson?.stop();
      peer.close();
    },
  };
}
