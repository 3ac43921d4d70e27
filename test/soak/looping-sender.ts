import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import type { Producer, Router } from 'mediasoup/types';
import { createChance } from '../environment/chance.ts';
import type { PlannedPacket } from '../media/environment/lesson-packets.ts';
import { opusParameters, vp8Parameters } from '../media/environment/node.ts';

export type Troubles = {
  /** Share of all packets that is lost on the way, what is sent again included. */
  loss: number;
  /** How much faster the clock of the sound runs than that of the picture, in millionths. */
  soundPpm: number;
  /** How much faster the sender's own clock runs than the recorder's, in millionths. */
  clockPpm: number;
  clockAheadMs: number;
  /** The picture takes so much longer on its way. */
  pictureLateMs: number;
  /** The microphone captures nothing, and its clock stands still. */
  stall: { fromMs: number; toMs: number };
  /** Nothing arrives. */
  outage: { fromMs: number; toMs: number };
};

export type LoopingSender = {
  video: Producer;
  audio: Producer;
  sent: number;
  lost: number;
  repaired: number;
  send(lastsMs: number, onTime: (ms: number) => void): Promise<void>;
  close(): void;
};

type Kind = 'audio' | 'video';
const loopMs = 10_000;
const opusFrameMs = 20;
const reportEveryMs = 1_000;
const keptForRepair = 1_024;
const ntpEpochSeconds = 2_208_988_800;
const clockRates = { audio: 48_000, video: 90_000 };
const payloadTypes = { audio: 111, video: 96 };

/** Sends ten seconds of a lesson over and over, with sender reports, and again what it is asked for, as browsers do. */
export async function openLoopingSender(
  router: Router,
  pattern: PlannedPacket[],
  troubles: Troubles,
): Promise<LoopingSender> {
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    rtcpMux: true,
    comedia: true,
  });
  const ssrcs = { video: 5_000_001, audio: 5_000_002 };
  const video = await transport.produce({ kind: 'video', rtpParameters: vp8Parameters(ssrcs.video) });
  const audio = await transport.produce({ kind: 'audio', rtpParameters: opusParameters(ssrcs.audio) });
  const socket = createSocket('udp4');
  const next = { audio: 0xff00, video: 0xfe00 };
  const kept = new Map<number, Buffer>();
  const random = createChance(1).number;
  const loop = loopOf(pattern);
  let [closed, nowMs] = [false, 0];
  const isOut = () => nowMs >= troubles.outage.fromMs && nowMs < troubles.outage.toMs;

  const sender: LoopingSender = {
    ...{ video, audio, sent: 0, lost: 0, repaired: 0, send },
    close() {
      closed = true;
      socket.close();
      transport.close();
    },
  };

  function put(packet: Buffer): boolean {
    if (isOut() || random() < troubles.loss) return false;
    socket.send(packet, transport.tuple.localPort, '127.0.0.1');
    return true;
  }

  socket.on('message', (rtcp) => {
    for (const sequence of lostAccordingTo(rtcp)) {
      const packet = kept.get(sequence);
      if (packet && put(packet)) sender.repaired += 1;
    }
  });

  const ticksAt = (kind: Kind, contentMs: number, realMs: number): number => {
    const stood = kind === 'audio' && realMs >= troubles.stall.toMs ? troubles.stall.toMs - troubles.stall.fromMs : 0;
    const counted = kind === 'audio' ? contentMs - stood * (1 + troubles.soundPpm / 1e6) : realMs;
    return (3_000_000_000 + Math.round((counted / 1000) * clockRates[kind])) >>> 0;
  };

  function sendPacket({ kind, marker, payload }: PlannedPacket, contentMs: number, realMs: number): void {
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8((marker ? 0x80 : 0) | payloadTypes[kind], 1);
    header.writeUInt16BE(next[kind], 2);
    header.writeUInt32BE(ticksAt(kind, contentMs, realMs), 4);
    header.writeUInt32BE(ssrcs[kind], 8);
    const packet = Buffer.concat([header, payload]);
    if (kind === 'video') {
      kept.set(next.video, packet);
      kept.delete((next.video - keptForRepair) & 0xffff);
    }
    next[kind] = (next[kind] + 1) & 0xffff;
    sender.sent += 1;
    if (!put(packet)) sender.lost += 1;
  }

  function report(kind: Kind, contentMs: number, realMs: number, startedAt: number): void {
    const ntpMs = startedAt + troubles.clockAheadMs + realMs * (1 + troubles.clockPpm / 1e6);
    const packet = Buffer.alloc(28);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(200, 1);
    packet.writeUInt16BE(6, 2);
    packet.writeUInt32BE(ssrcs[kind], 4);
    packet.writeUInt32BE(Math.floor(ntpMs / 1000) + ntpEpochSeconds, 8);
    packet.writeUInt32BE(Math.floor(((ntpMs % 1000) / 1000) * 2 ** 32), 12);
    packet.writeUInt32BE(ticksAt(kind, contentMs, realMs), 16);
    packet.writeUInt32BE(sender.sent, 20);
    if (!isOut()) socket.send(packet, transport.tuple.localPort, '127.0.0.1');
  }

  async function send(lastsMs: number, onTime: (ms: number) => void): Promise<void> {
    const [begun, startedAt] = [performance.now(), Date.now()];
    const reported = { audio: 0, video: 0 };
    /** What is on its longer way. */
    const queue: { at: number; packet: PlannedPacket; contentMs: number; realMs: number }[] = [];
    for (let round = 0; ; round += 1) {
      for (const packet of loop) {
        const contentMs = round * loopMs + packet.atMs;
        // Sound and picture show the same moment; the sound's clock counts more of it.
        const realMs = contentMs / (1 + troubles.soundPpm / 1e6);
        if (closed || realMs >= lastsMs) return;
        const wait = realMs - (performance.now() - begun);
        if (wait > 0) await delay(wait);
        nowMs = realMs;
        for (let late = queue[0]; late && late.at <= realMs; late = queue[0]) {
          queue.shift();
          sendPacket(late.packet, late.contentMs, late.realMs);
        }
        const { kind } = packet;
        const isStill = kind === 'audio' && realMs >= troubles.stall.fromMs && realMs < troubles.stall.toMs;
        if (!isStill && realMs - reported[kind] >= reportEveryMs) {
          reported[kind] = realMs;
          report(kind, contentMs, realMs, startedAt);
        }
        if (kind === 'video') queue.push({ at: realMs + troubles.pictureLateMs, packet, contentMs, realMs });
        else if (!isStill) sendPacket(packet, contentMs, realMs);
        onTime(realMs);
      }
    }
  }
  return sender;
}

/** As many frames of sound as fit, so that each round goes on where the one before ended. */
function loopOf(pattern: PlannedPacket[]): PlannedPacket[] {
  const sound = pattern.filter(({ kind }) => kind === 'audio').slice(0, loopMs / opusFrameMs);
  return [
    ...pattern.filter(({ kind, atMs }) => kind === 'video' && atMs < loopMs),
    ...sound.map((packet, index) => ({ ...packet, atMs: index * opusFrameMs })),
  ].sort((a, b) => a.atMs - b.atMs);
}

/** Sequence numbers that a generic NACK asks for (RFC 4585, section 6.2.1). */
function lostAccordingTo(compound: Buffer): number[] {
  const lost: number[] = [];
  for (let at = 0; at + 12 <= compound.length; ) {
    const bytes = (compound.readUInt16BE(at + 2) + 1) * 4;
    if (compound.readUInt8(at + 1) === 205 && (compound.readUInt8(at) & 0x1f) === 1) {
      for (let item = at + 12; item + 4 <= Math.min(at + bytes, compound.length); item += 4) {
        const first = compound.readUInt16BE(item);
        const following = compound.readUInt16BE(item + 2);
        lost.push(first);
        for (let bit = 0; bit < 16; bit += 1) if ((following >> bit) & 1) lost.push((first + bit + 1) & 0xffff);
      }
    }
    at += bytes;
  }
  return lost;
}
