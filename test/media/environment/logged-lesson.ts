import { createHash } from 'node:crypto';
import type { RecordedChunk, RecordedTrack, RecordingJournal } from '../../../media/index.ts';
import { RtpLogWriter } from '../../../media/rtp-log.ts';
import type { PlannedPacket } from './lesson-packets.ts';

const ntpEpochSeconds = 2_208_988_800;
const clockRates = { audio: 48_000, video: 90_000 };
const reportEveryMs = 1_000;
const chunkMs = 1_500;

export type SenderHabits = {
  /** How much faster the clock of the sound runs than that of the picture, in millionths. */
  soundPpm?: number;
  /** What the sender's own clock shows too much. */
  clockAheadMs?: number;
  /** The picture takes so much longer from the camera to the recorder. */
  pictureLateMs?: number;
  /** The microphone captures nothing, and counts no time. */
  stall?: { fromMs: number; toMs: number };
  /** What is sent then arrives all at once at the end of it, as over TCP once a packet is repaired. */
  heldUp?: { fromMs: number; toMs: number };
  /** Whether it sends sender reports. */
  reports?: boolean;
};

/** A lesson as a recorder would have logged it, from a sender with habits, without sending it. */
export function logLesson(packets: PlannedPacket[], habits: SenderHabits = {}) {
  const { soundPpm = 0, clockAheadMs = 0, pictureLateMs = 0, stall, heldUp, reports = true } = habits;
  const startedAt = 1_790_000_000_000;
  const recordingId = 'recording-logged';
  const journal: RecordingJournal = { recordingId, tracks: [], chunks: [], events: [] };
  const bytes = new Map<string, Buffer>();
  const keyOf = ({ trackId, number }: RecordedChunk) => `${trackId}/${number}`;

  for (const kind of ['video', 'audio'] as const) {
    const track: RecordedTrack = {
      ...{ recordingId, trackId: `0-1-${kind}`, epoch: 0, participantId: 'presenter-1', role: 'presenter' },
      ...{ roomId: null, source: kind === 'video' ? 'camera' : 'microphone', kind, openedAt: startedAt },
      ...{ mimeType: kind === 'video' ? 'video/VP8' : 'audio/opus', clockRate: clockRates[kind], channels: null },
    };
    journal.tracks.push(track);
    const late = 20 + (kind === 'video' ? pictureLateMs : 0);
    const ticksAt = (atMs: number) => {
      const stood = kind === 'audio' && stall && atMs >= stall.toMs ? stall.toMs - stall.fromMs : 0;
      const counted = (atMs - stood) * (kind === 'audio' ? 1 + soundPpm / 1e6 : 1);
      return (1_000_000 + Math.round((counted / 1000) * clockRates[kind])) >>> 0;
    };
    const sent = packets.filter(
      (packet) =>
        packet.kind === kind && !(kind === 'audio' && stall && packet.atMs >= stall.fromMs && packet.atMs < stall.toMs),
    );
    let [number, sequence, reportedAt] = [0, 0x10000 + 700, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < sent.length; ) {
      const begun = sent[at]?.atMs ?? 0;
      const writer = new RtpLogWriter();
      const first = sequence;
      let arrival = 0;
      for (let packet = sent[at]; packet && packet.atMs < begun + chunkMs; packet = sent[at]) {
        const { atMs, marker, payload } = packet;
        // Mostly a little jitter, sometimes a passing congestion of a fifth of a second.
        const leftMs = heldUp && atMs >= heldUp.fromMs && atMs < heldUp.toMs ? heldUp.toMs : atMs;
        arrival = startedAt + leftMs + late + ((at * 7919) % 13) + (at % 500 < 30 ? 180 : 0);
        const header = Buffer.alloc(12);
        header.writeUInt8(0x80, 0);
        header.writeUInt8((marker ? 0x80 : 0) | (kind === 'audio' ? 111 : 96), 1);
        header.writeUInt16BE(sequence & 0xffff, 2);
        header.writeUInt32BE(ticksAt(atMs), 4);
        header.writeUInt32BE(7, 8);
        if (reports && atMs - reportedAt >= reportEveryMs) {
          reportedAt = atMs;
          const ntpMs = startedAt + atMs + clockAheadMs;
          writer.senderReport(arrival, {
            ssrc: 7,
            ntpSeconds: Math.floor(ntpMs / 1000) + ntpEpochSeconds,
            ntpFraction: Math.floor(((ntpMs % 1000) / 1000) * 2 ** 32),
            rtpTimestamp: ticksAt(atMs),
          });
        }
        writer.packet(arrival, sequence, Buffer.concat([header, payload]));
        sequence += 1;
        at += 1;
      }
      const content = writer.finish();
      const chunk: RecordedChunk = {
        ...{ recordingId, trackId: track.trackId, epoch: 0, number, bytes: content.length },
        sha256: createHash('sha256').update(content).digest('hex'),
        ...{ packets: sequence - first, firstSequence: first, lastSequence: sequence - 1 },
        ...{ firstArrival: startedAt + begun + late, lastArrival: arrival },
      };
      number += 1;
      journal.chunks.push(chunk);
      bytes.set(keyOf(chunk), content);
    }
  }
  return {
    journal,
    async *readChunk(chunk: RecordedChunk): AsyncGenerator<Uint8Array> {
      const content = bytes.get(keyOf(chunk));
      if (!content) throw new Error('there is no such chunk');
      yield content;
    },
  };
}
