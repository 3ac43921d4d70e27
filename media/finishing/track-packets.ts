import { createHash } from 'node:crypto';
import { RtpPacket } from 'werift-rtp';
import type { RecordedChunk } from '../recording-sink.ts';
import { type LoggedPacket, readRtpLog } from '../rtp-log.ts';
import { createUnwrapper } from '../sequence.ts';

/** One RTP packet in its place. `sequence` and `ticks` are extended over their wraps; `arrival` in milliseconds since 1970. */
export type TrackPacket = {
  sequence: number;
  ticks: number;
  marker: boolean;
  arrival: number;
  payload: Buffer;
};

export type ChunkSource = {
  readChunk(chunk: RecordedChunk, signal: AbortSignal): AsyncIterable<Uint8Array>;
  signal: AbortSignal;
};

/** NACK and RTX repair within this; what is later than that counts as lost. */
const reorderMs = 2_000;

/**
 * The packets of one track in the order of their sequence numbers, each once. Memory holds two seconds of them.
 * @throws Error when a chunk is not what the journal says
 */
export async function* readTrackPackets(chunks: RecordedChunk[], source: ChunkSource): AsyncGenerator<TrackPacket> {
  const unwrapTimestamp = createUnwrapper(32);
  let waiting: LoggedPacket[] = [];
  let last = -1;

  function* release(until: number): Generator<TrackPacket> {
    waiting.sort((a, b) => a.sequence - b.sequence);
    let count = 0;
    for (const logged of waiting) {
      if (logged.arrival > until) break;
      count += 1;
      if (logged.sequence <= last) continue;
      last = logged.sequence;
      const { header, payload } = RtpPacket.deSerialize(logged.packet);
      const ticks = unwrapTimestamp(header.timestamp);
      yield { sequence: logged.sequence, ticks, marker: header.marker, arrival: logged.arrival, payload };
    }
    waiting = waiting.slice(count);
  }

  for (const chunk of [...chunks].sort((a, b) => a.number - b.number)) {
    const bytes = await readWhole(chunk, source);
    for (const record of readRtpLog(bytes)) if (record.type === 'rtp') waiting.push(record);
    yield* release(chunk.lastArrival - reorderMs);
  }
  yield* release(Number.POSITIVE_INFINITY);
}

/** A chunk is at most a megabyte or so. */
async function readWhole(chunk: RecordedChunk, { readChunk, signal }: ChunkSource): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of readChunk(chunk, signal)) parts.push(part);
  const bytes = Buffer.concat(parts);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== chunk.sha256) {
    throw new Error(`chunk ${chunk.trackId}/${chunk.number} of recording ${chunk.recordingId} has another checksum`);
  }
  return bytes;
}
