import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  MkvOutputFormat,
  Output,
} from 'mediabunny';
import type { EncodedFrame } from './depacketise.ts';
import { type ChunkSource, readTrackPackets } from './track-packets.ts';
import { framesOf, standsMs, type TrackSurvey } from './track-survey.ts';

export type MediaFileOptions = {
  path: string;
  /** Tracks of one source of one sender and one codec, in the order they were opened. */
  tracks: TrackSurvey[];
  /** Wall clock at 0 of the time line, milliseconds since 1970. */
  zero: number;
  /** Length of the time line. */
  durationMs: number;
  source: ChunkSource;
};

/** 20 ms of Opus silence (RFC 6716: CELT, full band, stereo; one frame; no signal). */
const opusSilence = Buffer.from([0xfc, 0xff, 0xfe]);
const opusSilenceMs = 20;

/** Writes the pictures of one camera or screen, over all its reconnections, as one Matroska file on the time line. */
export async function writeVideoFile(options: MediaFileOptions): Promise<void> {
  const [first] = options.tracks;
  if (!first) throw new RangeError('a file of no tracks');
  const codec = first.track.mimeType.toLowerCase() === 'video/h264' ? 'avc' : 'vp8';
  const size = first.size ?? { width: 1280, height: 720 };
  const video = new EncodedVideoPacketSource(codec);
  const output = new Output({ format: new MkvOutputFormat(), target: new FilePathTarget(options.path) });
  output.addVideoTrack(video);
  await output.start();
  const decoderConfig = {
    codec: codec === 'avc' ? 'avc1.42e01f' : 'vp8',
    codedWidth: size.width,
    codedHeight: size.height,
  };
  let begun = false;
  for await (const { frame, atMs } of placedFrames(options)) {
    // A camera takes longer than a microphone: its first picture stands meanwhile, where otherwise all would be black.
    const shownMs = begun || atMs > standsMs ? atMs : 0;
    begun = true;
    const packet = new EncodedPacket(frame.data, frame.key ? 'key' : 'delta', shownMs / 1000, 0);
    await video.add(packet, { decoderConfig });
  }
  await output.finalize();
}

/**
 * Writes the sound of one microphone, over all its reconnections, as one Matroska file that begins at 0 and has no
 * holes: what was lost, paused or not yet there is silence, so that every second of it is where it was in the lesson.
 */
export async function writeAudioFile(options: MediaFileOptions): Promise<void> {
  const channels = Math.max(...options.tracks.map(({ track }) => track.channels ?? 1));
  const audio = new EncodedAudioPacketSource('opus');
  const output = new Output({ format: new MkvOutputFormat(), target: new FilePathTarget(options.path) });
  output.addAudioTrack(audio);
  await output.start();
  const meta = { decoderConfig: { codec: 'opus', numberOfChannels: channels, sampleRate: 48_000 } };
  const add = (data: Buffer, atMs: number, durationMs: number) =>
    audio.add(new EncodedPacket(data, 'key', atMs / 1000, durationMs / 1000), meta);

  let writtenToMs = 0;
  async function silenceUntil(atMs: number): Promise<void> {
    // Less than half a frame is the jitter of timestamps, not a hole.
    while (atMs - writtenToMs >= opusSilenceMs / 2) {
      await add(opusSilence, writtenToMs, opusSilenceMs);
      writtenToMs += opusSilenceMs;
    }
  }
  for await (const { frame, atMs } of placedFrames(options)) {
    await silenceUntil(atMs);
    const durationMs = opusDurationMs(frame.data);
    // Silence in whole frames may reach a little into this one, and a sender's clock that runs fast puts each a little
    // into the one before: the stretching of the sound takes that up, where leaving out a frame would be heard.
    await add(frame.data, atMs, durationMs);
    writtenToMs = atMs + durationMs;
  }
  await silenceUntil(options.durationMs);
  await output.finalize();
}

/** Frames in the order of the time line. Where two connections of one sender overlap, the newer counts. */
async function* placedFrames(options: MediaFileOptions): AsyncGenerator<{ frame: EncodedFrame; atMs: number }> {
  const { tracks, zero, source } = options;
  let last = -1;
  for (const [index, { track, chunks, clock }] of tracks.entries()) {
    const until = Math.min(...tracks.slice(index + 1).map(({ span }) => span.from), Number.POSITIVE_INFINITY);
    for await (const frame of framesOf(track, readTrackPackets(chunks, source))) {
      source.signal.throwIfAborted();
      const wall = clock.at(frame.sequence, frame.ticks);
      if (wall >= until) break;
      const atMs = wall - zero;
      if (atMs <= last) continue;
      last = atMs;
      yield { frame, atMs };
    }
  }
}

/** Length of an Opus packet, from its table-of-contents byte (RFC 6716, section 3.1). */
export function opusDurationMs(packet: Buffer): number {
  const toc = packet[0] ?? 0;
  const config = toc >> 3;
  const frameMs =
    config < 12 ? [10, 20, 40, 60][config & 3] : config < 16 ? [10, 20][config & 1] : [2.5, 5, 10, 20][config & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 0x3f : 2;
  return (frameMs ?? opusSilenceMs) * frames;
}
