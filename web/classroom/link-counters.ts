import { z } from 'zod';
import type { Link } from '../../media/protocol.ts';

/** The figures of RTCStatsReport (W3C webrtc-stats) that tell how well media travels; totals since the start. */
export interface LinkCounters {
  at: number;
  received: number;
  lost: number;
  receivedBytes: number;
  sentBytes: number;
  samples: number;
  concealedSamples: number;
  /** Of the presenter's camera. */
  framesDecoded: number;
  frameHeight: number;
  rttMs: number | null;
  /** What the far end says it lost of what we send, 0 to 1. */
  sendingLoss: number | null;
  path: Link['path'];
}

const number = z.number().catch(0);
const entry = z.object({
  type: z.string(),
  id: z.string(),
  kind: z.string().optional(),
  trackIdentifier: z.string().optional(),
  packetsReceived: number,
  packetsLost: number,
  bytesReceived: number,
  bytesSent: number,
  totalSamplesReceived: number,
  concealedSamples: number,
  silentConcealedSamples: number,
  framesDecoded: number,
  frameHeight: number,
  fractionLost: z.number().optional(),
  nominated: z.boolean().optional(),
  state: z.string().optional(),
  currentRoundTripTime: z.number().optional(),
  localCandidateId: z.string().optional(),
  candidateType: z.string().optional(),
  protocol: z.string().optional(),
});
type Entry = z.infer<typeof entry>;

function pathOf(candidate: Entry | undefined): Link['path'] {
  if (!candidate) return null;
  if (candidate.candidateType === 'relay') return 'relay';
  return candidate.protocol === 'tcp' ? 'tcp' : 'udp';
}

/** Reads the reports of both transports. `cameraTrackId`: the presenter's picture, whose frames are counted. */
export function countersOf(reports: readonly RTCStatsReport[], cameraTrackId: string | null, at: number): LinkCounters {
  const counters: LinkCounters = {
    at,
    received: 0,
    lost: 0,
    receivedBytes: 0,
    sentBytes: 0,
    samples: 0,
    concealedSamples: 0,
    framesDecoded: 0,
    frameHeight: 0,
    rttMs: null,
    sendingLoss: null,
    path: null,
  };
  for (const report of reports) {
    const entries = new Map<string, Entry>();
    for (const value of report.values()) entries.set(value.id, entry.parse(value));
    for (const stat of entries.values()) {
      if (stat.type === 'inbound-rtp') {
        counters.received += stat.packetsReceived;
        counters.lost += stat.packetsLost;
        counters.receivedBytes += stat.bytesReceived;
        counters.samples += stat.totalSamplesReceived;
        // Silence that was never sent (DTX) is no loss.
        counters.concealedSamples += Math.max(0, stat.concealedSamples - stat.silentConcealedSamples);
        if (cameraTrackId !== null && stat.trackIdentifier === cameraTrackId) {
          counters.framesDecoded = stat.framesDecoded;
          counters.frameHeight = stat.frameHeight;
        }
      } else if (stat.type === 'outbound-rtp') {
        counters.sentBytes += stat.bytesSent;
      } else if (stat.type === 'remote-inbound-rtp' && stat.fractionLost !== undefined) {
        counters.sendingLoss = Math.max(counters.sendingLoss ?? 0, stat.fractionLost);
      } else if (stat.type === 'candidate-pair' && stat.nominated && stat.state === 'succeeded') {
        if (stat.currentRoundTripTime !== undefined) counters.rttMs = Math.round(stat.currentRoundTripTime * 1000);
        counters.path = pathOf(stat.localCandidateId ? entries.get(stat.localCandidateId) : undefined);
      }
    }
  }
  return counters;
}

/** What the room should be receiving now, so that less than that can be told from silence. */
export interface Expected {
  picture: boolean;
  slides: boolean;
}

const lowPictureHeight = 200;

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : null;
}

/** The state of the line between two readings. */
export function linkBetween(before: LinkCounters, now: LinkCounters, expected: Expected): Link {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const since = (pick: (counters: LinkCounters) => number): number => Math.max(0, pick(now) - pick(before));
  const kbps = (bytes: number): number => Math.round((bytes * 8) / 1000 / seconds);
  const received = since((counters) => counters.received);
  const lost = since((counters) => counters.lost);
  const frames = since((counters) => counters.framesDecoded);
  const pictureGone = expected.picture && frames === 0;
  const pictureLow = expected.picture && now.frameHeight > 0 && now.frameHeight <= lowPictureHeight;
  return {
    rttMs: now.rttMs,
    loss: share(lost, received + lost) ?? (now.sendingLoss === null ? null : Math.min(1, Math.max(0, now.sendingLoss))),
    downKbps: kbps(since((counters) => counters.receivedBytes)),
    upKbps: kbps(since((counters) => counters.sentBytes)),
    fps: expected.picture ? Math.round(frames / seconds) : null,
    concealed: share(
      since((counters) => counters.concealedSamples),
      since((counters) => counters.samples),
    ),
    path: now.path,
    rung: pictureGone ? (expected.slides ? 'slides_audio' : 'audio') : pictureLow ? 'low_video' : 'all',
  };
}
