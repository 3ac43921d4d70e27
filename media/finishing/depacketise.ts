import { H264RtpPayload, Vp8RtpPayload } from 'werift-rtp';
import type { TrackPacket } from './track-packets.ts';

/** One encoded picture or stretch of sound. `sequence` is that of its first packet. */
export type EncodedFrame = { sequence: number; ticks: number; data: Buffer; key: boolean };

type Payload = { data: Buffer; starts: boolean; key: boolean };
type PayloadReader = (packet: TrackPacket) => Payload;

/**
 * Pictures of a track that can be decoded: complete ones, and after a loss none before the next key frame.
 * @param mimeType `video/VP8` (RFC 7741) or `video/H264` (RFC 6184, Annex B byte stream)
 */
export async function* videoFrames(
  packets: AsyncIterable<TrackPacket>,
  mimeType: string,
): AsyncGenerator<EncodedFrame> {
  const createReader = mimeType.toLowerCase() === 'video/h264' ? createH264Reader : () => readVp8;
  let readPayload = createReader();
  let frame: { first: TrackPacket; parts: Buffer[]; whole: boolean; key: boolean } | null = null;
  let previous: TrackPacket | null = null;
  let decodable = false;

  for await (const packet of packets) {
    const lost: boolean = previous !== null && packet.sequence !== previous.sequence + 1;
    if (lost || (frame && frame.first.ticks !== packet.ticks)) {
      // Something is missing, or the picture before was not ended by its marker.
      decodable = false;
      frame = null;
      readPayload = createReader();
    }
    previous = packet;
    // Padding that probes the bandwidth carries nothing.
    if (packet.payload.length === 0) continue;
    const payload = tryReading(readPayload, packet);
    if (payload === null) {
      decodable = false;
      frame = null;
      readPayload = createReader();
      continue;
    }
    frame ??= { first: packet, parts: [], whole: payload.starts, key: false };
    frame.parts.push(payload.data);
    frame.key ||= payload.key;
    if (!packet.marker) continue;
    if (!frame.whole) decodable = false;
    else if (frame.key) decodable = true;
    if (decodable && frame.parts.length > 0) {
      const { sequence, ticks } = frame.first;
      yield { sequence, ticks, data: Buffer.concat(frame.parts), key: frame.key };
    }
    frame = null;
  }
}

/** Null for a packet that is none of its kind, which is as good as lost. */
function tryReading(read: PayloadReader, packet: TrackPacket): Payload | null {
  try {
    return read(packet);
  } catch {
    return null;
  }
}

/** Opus has a frame a packet (RFC 7587, section 4.2), and every one can be decoded. */
export async function* audioFrames(packets: AsyncIterable<TrackPacket>): AsyncGenerator<EncodedFrame> {
  for await (const { sequence, ticks, payload } of packets) {
    if (payload.length > 0) yield { sequence, ticks, data: payload, key: true };
  }
}

const readVp8: PayloadReader = ({ payload }) => {
  const vp8 = Vp8RtpPayload.deSerialize(payload);
  return { data: vp8.payload, starts: vp8.payloadHeaderExist, key: vp8.payloadHeaderExist && vp8.isKeyframe };
};

/** A NAL unit may be spread over packets (FU-A): what has come of it is carried from one to the next. */
function createH264Reader(): PayloadReader {
  let fragment: Buffer | undefined;
  return ({ payload }) => {
    const h264 = H264RtpPayload.deSerialize(payload, fragment);
    fragment = h264.fragment;
    const starts = h264.nalUnitType !== 28 || h264.s === 1;
    const data = h264.payload ?? Buffer.alloc(0);
    return { data, starts, key: holdsIdr(data) };
  };
}

function holdsIdr(annexB: Buffer): boolean {
  for (let at = annexB.indexOf('000001', 0, 'hex'); at >= 0; at = annexB.indexOf('000001', at + 3, 'hex')) {
    if (((annexB[at + 3] ?? 0) & 0x1f) === 5) return true;
  }
  return false;
}
