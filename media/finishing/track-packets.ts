import { createHash } from 'node:crypto';
import { RtpPacket } from 'werift-rtp';
import type { RecordedChunk } from '../recording-sink.ts';
import { type LoggedPacket, type LoggedSenderReport, readRtpLog } from '../rtp-log.ts';
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
  /** @throws ChunkLostError when there is no such chunk any more */
  readChunk(chunk: RecordedChunk, signal: AbortSignal): AsyncIterable<Uint8Array>;
  signal: AbortSignal;
  /** Whether the lesson goes on without a chunk that is lost. */
  toleratesLoss?: boolean | undefined;
};

/** A chunk that the journal names is gone, or holds other bytes than were written. */
export class ChunkLostError extends Error {
  override readonly name = 'ChunkLostError';

  constructor({ recordingId, trackId, number }: RecordedChunk, options?: ErrorOptions) {
    super(`chunk ${trackId}/${number} of recording ${recordingId} is missing or damaged`, options);
  }
}

/** NACK and RTX repair within this; what is later than that counts as lost. */
const reorderMs = 2_000;

/**
 * The packets of one track in the order of their sequence numbers, each once. Memory holds two seconds of them.
 * A chunk that is lost is a hole of its sequence numbers, where that is tolerated.
 * @throws ChunkLostError
 */
export async function* readTrackPackets(
  chunks: RecordedChunk[],
  source: ChunkSource,
  onReport: (report: LoggedSenderReport) => void = () => undefined,
): AsyncGenerator<TrackPacket> {
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
    if (bytes === null) continue;
    for (const record of readRtpLog(bytes)) {
      if (record.type === 'rtp') waiting.push(record);
      else onReport(record);
    }
    yield* release(chunk.lastArrival - reorderMs);
  }
  yield* release(Number.POSITIVE_INFINITY);
}

/** A chunk is at most a megabyte or so. Null when it is lost and that is tolerated. */
async function readWhole(
  chunk: RecordedChunk,
  { readChunk, signal, toleratesLoss }: ChunkSource,
): Promise<Buffer | null> {
  try {
    const parts: Uint8Array[] = [];
    for await (const part of readChunk(chunk, signal)) parts.push(part);
    const bytes = Buffer.concat(parts);
    if (createHash('sha256').update(bytes).digest('hex') !== chunk.sha256) throw new ChunkLostError(chunk);
    return bytes;
  } catch (error) {
    if (toleratesLoss && error instanceof ChunkLostError) return null;
    throw error;
  }
}
