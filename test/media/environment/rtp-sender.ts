import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import type { Producer, Router } from 'mediasoup/types';
import type { Codec, PlannedPacket } from './lesson-packets.ts';
import { opusParameters, vp8Parameters } from './node.ts';

/** Says of a packet, by the time in the lesson and its number in its track, whether it is lost on the way. */
export type Loss = (packet: { kind: 'audio' | 'video'; index: number; atMs: number }) => boolean;

export type Sender = {
  video: Producer;
  audio: Producer;
  /** RTP payloads in the order sent, those that were lost included. */
  sent: { audio: Buffer[]; video: Buffer[] };
  /** Sends all that there is, at its time, from now on. */
  send(): Promise<void>;
  close(): void;
};

const payloadTypes = { audio: 111, video: 96 };
const clockRates = { audio: 48_000, video: 90_000 };

const h264Parameters = (ssrc: number) => ({
  ...vp8Parameters(ssrc),
  codecs: [
    {
      mimeType: 'video/H264',
      payloadType: 96,
      clockRate: 90_000,
      parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
    },
  ],
});

/** A sender of plain RTP over UDP into a router. */
export async function openSender(
  router: Router,
  packets: PlannedPacket[],
  { codec = 'vp8', loss = () => false }: { codec?: Codec; loss?: Loss } = {},
): Promise<Sender> {
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    rtcpMux: true,
    comedia: true,
  });
  const first = Math.floor(Math.random() * 1e8) + 1;
  const ssrcs = { video: first, audio: first + 1 };
  const videoParameters = (codec === 'vp8' ? vp8Parameters : h264Parameters)(ssrcs.video);
  const video = await transport.produce({ kind: 'video', rtpParameters: videoParameters });
  const audio = await transport.produce({ kind: 'audio', rtpParameters: opusParameters(ssrcs.audio) });
  const socket = createSocket('udp4');
  const sent: Sender['sent'] = { audio: [], video: [] };
  // Both tracks begin anywhere, as they do with browsers; sequence numbers soon wrap.
  const bases = { audio: 0xfff0, video: 0xffc0 };
  let closed = false;

  async function send(): Promise<void> {
    const startedAt = performance.now();
    for (const { kind, atMs, marker, payload } of packets) {
      const wait = atMs - (performance.now() - startedAt);
      if (wait > 0) await delay(wait);
      if (closed) return;
      const index = sent[kind].push(payload) - 1;
      if (loss({ kind, index, atMs })) continue;
      const header = Buffer.alloc(12);
      header.writeUInt8(0x80, 0);
      header.writeUInt8((marker ? 0x80 : 0) | payloadTypes[kind], 1);
      header.writeUInt16BE((bases[kind] + index) & 0xffff, 2);
      header.writeUInt32BE(Math.round((atMs / 1000) * clockRates[kind]) + 1_000_000, 4);
      header.writeUInt32BE(ssrcs[kind], 8);
      socket.send(Buffer.concat([header, payload]), transport.tuple.localPort, '127.0.0.1');
    }
  }

  return {
    video,
    audio,
    sent,
    send,
    close() {
      closed = true;
      socket.close();
      transport.close();
    },
  };
}
