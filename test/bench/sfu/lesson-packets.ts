import { randomBytes } from 'node:crypto';

export const kinds = ['audio', 'video'] as const;
export type Kind = (typeof kinds)[number];

export const payloadTypes: Record<Kind, number> = { audio: 111, video: 96 };
const clockRates: Record<Kind, number> = { audio: 48_000, video: 90_000 };
/** Far from each other: a timestamp says by itself of which it is. */
const firstTimestamps: Record<Kind, number> = { audio: 1_000_000, video: 3_000_000_000 };

/** 25 pictures a second of four packets each, and 50 packets of sound: 1.0 Mbit/s, 150 packets a second. */
const framesEachSecond = 25;
const packetsInFrame = 4;
const payloadBytes: Record<Kind, number> = { audio: 80, video: 1_188 };
const keyFrameEvery = framesEachSecond;
/** A browser's pacer lets a picture out at two and a half times its rate: four packets in 16 of 40 ms. */
const packetEveryMs = 4;
const soundEveryMs = 20;

/**
 * When the camera took a picture. None keeps its time to the millisecond; here that also tells each moment of the lesson
 * from every other, for whoever compares what came in with what went out.
 */
function takenAt(frame: number): number {
  return (frame * 1000) / framesEachSecond + (((frame * 2_654_435_761) >>> 0) % 300) / 100;
}

/** How often a sender tells its clock. */
const reportEveryMs = 1_000;

/** VP8's payload descriptor (RFC 7741): the frame begins here, or goes on. */
const descriptors = { first: 0x10, further: 0x00 };
/** Frame tag and start code of a VP8 key frame (RFC 6386, section 9.1), 640 by 360; and of one that is none. */
const keyFrameStart = Buffer.from([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
const deltaFrameStart = Buffer.from([0x31, 0x02, 0x00]);

export type Send = (kind: Kind, packet: Buffer) => void;

export interface Presenter {
  /** Ends the sending. */
  stop(): void;
}

/**
 * A lesson's packets, sent at their times until it is stopped, with sender reports as a browser makes them. What they
 * show is noise: nobody decodes them, and an SFU looks no further than at the start of a picture.
 */
export function startPresenting(ssrcs: Record<Kind, number>, send: Send): Presenter {
  const noise = { audio: randomBytes(payloadBytes.audio), video: randomBytes(payloadBytes.video) };
  const state = {
    audio: { sequence: 1_000, packets: 0 },
    video: { sequence: 2_000, packets: 0 },
  };
  const startedAt = performance.now();
  const clockAt = (kind: Kind, ms: number) =>
    (firstTimestamps[kind] + Math.round((ms / 1000) * clockRates[kind])) >>> 0;

  function sendPacket(kind: Kind, atMs: number, marker: boolean, payload: Buffer): void {
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8((marker ? 0x80 : 0) | payloadTypes[kind], 1);
    header.writeUInt16BE(state[kind].sequence & 0xffff, 2);
    header.writeUInt32BE(clockAt(kind, atMs), 4);
    header.writeUInt32BE(ssrcs[kind], 8);
    state[kind].sequence += 1;
    state[kind].packets += 1;
    send(kind, Buffer.concat([header, payload]));
  }

  /** RFC 3550, section 6.4.1, without a report of what is received. */
  function sendReport(kind: Kind, atMs: number): void {
    const report = Buffer.alloc(28);
    const now = Date.now();
    report.writeUInt8(0x80, 0);
    report.writeUInt8(200, 1);
    report.writeUInt16BE(6, 2);
    report.writeUInt32BE(ssrcs[kind], 4);
    report.writeUInt32BE((Math.floor(now / 1000) + 2_208_988_800) >>> 0, 8);
    report.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32), 12);
    report.writeUInt32BE(clockAt(kind, atMs), 16);
    report.writeUInt32BE(state[kind].packets, 20);
    report.writeUInt32BE(state[kind].packets * payloadBytes[kind], 24);
    send(kind, report);
  }

  function picturePacket(number: number): void {
    const frame = Math.floor(number / packetsInFrame);
    const part = number % packetsInFrame;
    const payload = Buffer.from(noise.video);
    payload.writeUInt8(part === 0 ? descriptors.first : descriptors.further, 0);
    if (part === 0) (frame % keyFrameEvery === 0 ? keyFrameStart : deltaFrameStart).copy(payload, 1);
    sendPacket('video', takenAt(frame), part === packetsInFrame - 1, payload);
  }

  const pictureAt = (number: number) =>
    (Math.floor(number / packetsInFrame) * 1000) / framesEachSecond + (number % packetsInFrame) * packetEveryMs;
  // What is sent regularly: when its n-th piece is due, and what to do then.
  const streams = [
    { next: 0, dueAt: pictureAt, act: picturePacket },
    {
      next: 0,
      // Not at the same moment as a picture's first packet.
      dueAt: (number: number) => number * soundEveryMs + 2,
      act: (number: number) => sendPacket('audio', number * soundEveryMs, number === 0, noise.audio),
    },
    {
      next: 1,
      dueAt: (number: number) => number * reportEveryMs,
      act(number: number): void {
        for (const kind of kinds) sendReport(kind, number * reportEveryMs);
      },
    },
  ];
  const timer = setInterval(() => {
    const now = performance.now() - startedAt;
    for (const stream of streams) {
      for (; stream.dueAt(stream.next) <= now; stream.next += 1) stream.act(stream.next);
    }
  }, 1);
  return { stop: () => clearInterval(timer) };
}
