import type { RecordedChunk, RecordedEvent, RecordedTrack } from '../recording-sink.ts';
import { audioFrames, type EncodedFrame, videoFrames } from './depacketise.ts';
import { h264Size, vp8Size } from './frame-size.ts';
import { MediaClock } from './media-clock.ts';
import { type ChunkSource, readTrackPackets, type TrackPacket } from './track-packets.ts';

/** A stretch of wall clock time, milliseconds since 1970. */
export type Span = { from: number; to: number };

/** What a first reading of a track tells. */
export type TrackSurvey = {
  track: RecordedTrack;
  chunks: RecordedChunk[];
  clock: MediaClock;
  /** From the first packet to the last. */
  span: Span;
  /** Whether anything of it can be decoded. */
  usable: boolean;
  /** Of which nothing usable was received, although it was being sent. */
  losses: Span[];
  lostPackets: number;
  /** Largest picture. */
  size: { width: number; height: number } | null;
};

/** A sender that is not paused is never silent for longer: Opus sends comfort noise every 400 ms, cameras more often. */
const silenceMs = 1_000;
/** Delay and jitter move the ends of a track less; more is a chunk that is missing. */
const lostEndMs = 500;

/** Reads a track once. Null when nothing of it was received. */
export async function surveyTrack(
  track: RecordedTrack,
  chunks: RecordedChunk[],
  events: RecordedEvent[],
  source: ChunkSource,
): Promise<TrackSurvey | null> {
  const clock = new MediaClock(track.clockRate);
  const pauses = pausesOf(track.trackId, events);
  const silences: Span[] = [];
  const holes: { from: TrackPacket; to: TrackPacket }[] = [];
  const frames: { sequence: number; ticks: number }[] = [];
  let size: TrackSurvey['size'] = null;
  let lostPackets = 0;
  let opening: TrackPacket | null = null;
  let previous: TrackPacket | null = null;

  async function* observed(): AsyncGenerator<TrackPacket> {
    for await (const packet of readTrackPackets(chunks, source)) {
      clock.observe(packet.sequence, packet.ticks, packet.arrival);
      opening ??= packet;
      if (previous && packet.sequence > previous.sequence + 1) {
        lostPackets += packet.sequence - previous.sequence - 1;
        holes.push({ from: previous, to: packet });
      } else if (previous && packet.arrival - previous.arrival > silenceMs) {
        silences.push({ from: previous.arrival, to: packet.arrival });
      }
      previous = packet;
      yield packet;
    }
  }

  let first: EncodedFrame | null = null;
  for await (const frame of framesOf(track, observed())) {
    first ??= frame;
    if (track.kind === 'video' && frame.key) {
      const found = track.mimeType.toLowerCase() === 'video/h264' ? h264Size(frame.data) : vp8Size(frame.data);
      if (found && found.width * found.height > (size?.width ?? 0) * (size?.height ?? 0)) size = found;
    }
    if (track.kind === 'video') frames.push({ sequence: frame.sequence, ticks: frame.ticks });
  }
  const closing: TrackPacket | null = previous;
  if (!opening || !closing) return null;
  const timeOf = ({ sequence, ticks }: { sequence: number; ticks: number }) => clock.at(sequence, ticks);
  const heard = { from: timeOf(opening), to: timeOf(closing) };
  // The journal knows of chunks at either end that are lost.
  const known = {
    from: Math.min(...chunks.map(({ firstArrival }) => firstArrival)),
    to: Math.max(...chunks.map(({ lastArrival }) => lastArrival)),
  };
  const span = {
    from: heard.from - known.from > lostEndMs ? known.from : heard.from,
    to: known.to - heard.to > lostEndMs ? known.to : heard.to,
  };
  // A picture is gone until the next one that can be decoded; of sound, what was lost itself.
  const back = (packet: TrackPacket) =>
    track.kind === 'audio' ? packet : (frames[lowerBound(frames, packet.sequence)] ?? closing);
  const missing = [
    { from: span.from, to: first ? timeOf(first) : span.to },
    { from: heard.to, to: span.to },
    ...holes.map(({ from, to }) => ({ from: timeOf(from), to: timeOf(back(to)) })),
    ...silences,
  ];
  const within = merge(missing.map(({ from, to }) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) })));
  const losses = within.flatMap((loss) => subtract(loss, pauses));
  return { track, chunks, clock, span, usable: first !== null, losses, lostPackets, size };
}

export function framesOf(track: RecordedTrack, packets: AsyncIterable<TrackPacket>): AsyncGenerator<EncodedFrame> {
  return track.kind === 'video' ? videoFrames(packets, track.mimeType) : audioFrames(packets);
}

function lowerBound(frames: { sequence: number }[], sequence: number): number {
  let low = 0;
  for (let high = frames.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.sequence ?? 0) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pausesOf(trackId: string, events: RecordedEvent[]): Span[] {
  const pauses: Span[] = [];
  let since: number | null = null;
  for (const event of [...events].sort((a, b) => a.at - b.at)) {
    if (event.type !== 'producer' || event.trackId !== trackId) continue;
    if (event.paused) since ??= event.at;
    else if (since !== null) {
      pauses.push({ from: since, to: event.at });
      since = null;
    }
  }
  if (since !== null) pauses.push({ from: since, to: Number.POSITIVE_INFINITY });
  return pauses;
}

/** Overlapping spans become one. */
export function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else if (span.to > span.from) merged.push({ ...span });
  }
  return merged;
}

function subtract(span: Span, cuts: Span[]): Span[] {
  let rest = [span];
  for (const cut of cuts) {
    rest = rest.flatMap(({ from, to }) =>
      [
        { from, to: Math.min(to, cut.from) },
        { from: Math.max(from, cut.to), to },
      ].filter((each) => each.to > each.from),
    );
  }
  return rest;
}
