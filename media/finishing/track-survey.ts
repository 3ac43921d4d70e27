import type { RecordedChunk, RecordedEvent, RecordedTrack } from '../recording-sink.ts';
import type { LoggedSenderReport } from '../rtp-log.ts';
import { audioFrames, type EncodedFrame, videoFrames } from './depacketise.ts';
import { h264Size, vp8Size } from './frame-size.ts';
import { MediaClock } from './media-clock.ts';
import type { SenderReport } from './track-clock.ts';
import { type ChunkSource, readTrackPackets, type TrackPacket } from './track-packets.ts';

/** A stretch of wall clock time, milliseconds since 1970. */
export type Span = { from: number; to: number };

/** What is read of a track before it is known how its clock goes with those of its sender's other tracks. */
export type TrackReading = { track: RecordedTrack; clock: MediaClock; survey(): TrackSurvey };

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
  /** Without its pauses and longer losses, through which an old picture would stand as if it were of now. */
  seen: Span[];
  lostPackets: number;
  /** Largest picture. */
  size: { width: number; height: number } | null;
};

/** A sender that is not paused is never silent for longer: Opus sends comfort noise every 400 ms, cameras more often. */
const silenceMs = 1_000;
/** So long a picture may stand still and still be taken for one that stutters. */
export const standsMs = 5_000;
/** Delay and jitter move the ends of a track less; more is a chunk that is missing. */
const lostEndMs = 500;

/** Seconds from 1900, where NTP begins, to 1970. */
const ntpToUnixSeconds = 2_208_988_800;

function reportOf({ arrival, ssrc, rtpTimestamp, ntpSeconds, ntpFraction }: LoggedSenderReport): SenderReport {
  const ntpMs = (ntpSeconds - ntpToUnixSeconds + ntpFraction / 2 ** 32) * 1000;
  return { arrival, ssrc, rtpTimestamp, ntpMs };
}

/** Reads a track once. Null when nothing of it ever came. */
export async function readTrack(
  track: RecordedTrack,
  chunks: RecordedChunk[],
  events: RecordedEvent[],
  source: ChunkSource,
): Promise<TrackReading | null> {
  const clock = new MediaClock(track.clockRate);
  const pauses = pausesOf(track.trackId, events);
  /** By arrival, which may be that of packets that were only held up on the way. */
  const silences: { from: TrackPacket; to: TrackPacket }[] = [];
  const holes: { from: TrackPacket; to: TrackPacket }[] = [];
  const frames: { sequence: number; ticks: number }[] = [];
  let size: TrackSurvey['size'] = null;
  let lostPackets = 0;
  let opening: TrackPacket | null = null;
  let previous: TrackPacket | null = null;

  async function* observed(): AsyncGenerator<TrackPacket> {
    for await (const packet of readTrackPackets(chunks, source, (report) => clock.report(reportOf(report)))) {
      clock.observe(packet.sequence, packet.ticks, packet.arrival);
      opening ??= packet;
      if (previous && packet.sequence > previous.sequence + 1) {
        lostPackets += packet.sequence - previous.sequence - 1;
        holes.push({ from: previous, to: packet });
      } else if (previous && packet.arrival - previous.arrival > silenceMs) {
        silences.push({ from: previous, to: packet });
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
  if (!opening || !closing) {
    if (chunks.length === 0) return null;
    return { track, clock, survey: () => lostTrack({ track, chunks, clock }, pauses) };
  }
  const ends = { opening, closing };
  const heard = { track, chunks, clock, ...ends, first, frames, holes, silences, lostPackets, size };
  return { track, clock, survey: () => surveyOf(heard, pauses) };
}

function surveyOf(
  heard: Pick<TrackSurvey, 'track' | 'chunks' | 'clock' | 'lostPackets' | 'size'> & {
    opening: TrackPacket;
    closing: TrackPacket;
    first: EncodedFrame | null;
    frames: { sequence: number; ticks: number }[];
    holes: { from: TrackPacket; to: TrackPacket }[];
    silences: { from: TrackPacket; to: TrackPacket }[];
  },
  pauses: Span[],
): TrackSurvey {
  const { track, chunks, clock, opening, closing, first, frames, holes, lostPackets, size } = heard;
  const timeOf = ({ sequence, ticks }: { sequence: number; ticks: number }) => clock.at(sequence, ticks);
  const played = { from: timeOf(opening), to: timeOf(closing) };
  // The journal knows of chunks at either end that are lost. What is told by arrival is as late as the rest of the track.
  const early = Math.min(...chunks.map(({ firstArrival }) => firstArrival)) - opening.arrival;
  const late = Math.max(...chunks.map(({ lastArrival }) => lastArrival)) - closing.arrival;
  const span = {
    from: played.from + (early < -lostEndMs ? early : 0),
    to: played.to + (late > lostEndMs ? late : 0),
  };
  const silences = heard.silences.map(({ from, to }) => ({ from: timeOf(from), to: timeOf(to) }));
  // A picture is gone until the next one that can be decoded; of sound, what was lost itself.
  const back = (packet: TrackPacket) =>
    track.kind === 'audio' ? packet : (frames[lowerBound(frames, packet.sequence)] ?? closing);
  const missing = [
    { from: span.from, to: first ? timeOf(first) : span.to },
    { from: played.to, to: span.to },
    ...holes.map(({ from, to }) => ({ from: timeOf(from), to: timeOf(back(to)) })),
    ...silences.filter(({ from, to }) => to - from > silenceMs),
  ];
  const within = merge(missing.map(({ from, to }) => ({ from: Math.max(from, span.from), to: Math.min(to, span.to) })));
  const losses = within.flatMap((loss) => subtract(loss, pauses));
  const seen = subtract(span, [...pauses, ...losses.filter(({ from, to }) => to - from > standsMs)]);
  return { track, chunks, clock, span, usable: first !== null, losses, seen, lostPackets, size };
}

/** The journal knows of chunks, and all of them are lost: what there was of it is told by their arrival alone. */
function lostTrack(told: Pick<TrackSurvey, 'track' | 'chunks' | 'clock'>, pauses: Span[]): TrackSurvey {
  const span = {
    from: Math.min(...told.chunks.map(({ firstArrival }) => firstArrival)),
    to: Math.max(...told.chunks.map(({ lastArrival }) => lastArrival)),
  };
  const lostPackets = told.chunks.reduce((sum, { packets }) => sum + packets, 0);
  return { ...told, span, usable: false, losses: subtract(span, pauses), seen: [], lostPackets, size: null };
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
