import { z } from 'zod';
import type { LinkReport } from '../../media/protocol.ts';

/** Of one sound that comes in. */
export interface SoundCounters {
  packets: number;
  samples: number;
  /** Of them made up, but for silence that was never sent (DTX). */
  concealed: number;
}

/** The figures of RTCStatsReport (W3C webrtc-stats) that tell how well media travels; totals since the start. */
export interface LinkCounters {
  at: number;
  received: number;
  lost: number;
  receivedBytes: number;
  sentBytes: number;
  /** By track. */
  sounds: ReadonlyMap<string, SoundCounters>;
  /** Tracks of sounds that somebody sends. */
  awaited: readonly string[];
  /** Of the presenter's camera. */
  framesDecoded: number;
  /** Seconds in which it stood still, of those freezes that are over. */
  frozenSeconds: number;
  rttMs: number | null;
  /** What the far end says it lost of what we send, 0 to 1. */
  sendingLoss: number | null;
  path: LinkReport['path'];
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
  totalFreezesDuration: number,
  fractionLost: z.number().optional(),
  nominated: z.boolean().optional(),
  state: z.string().optional(),
  currentRoundTripTime: z.number().optional(),
  localCandidateId: z.string().optional(),
  candidateType: z.string().optional(),
  protocol: z.string().optional(),
});
type Entry = z.infer<typeof entry>;

/**
 * The track on which mediasoup fills a line up to see what it carries (mediasoup-client, `generateProbatorRtpParameters`). Browsers
 * count half of its packets as lost on the best of lines: where little else comes, the line would seem a bad one.
 */
const probator = 'probator';

function pathOf(candidate: Entry | undefined): LinkReport['path'] {
  if (!candidate) return null;
  if (candidate.candidateType === 'relay') return 'relay';
  return candidate.protocol === 'tcp' ? 'tcp' : 'udp';
}

/**
 * Reads the reports of both transports.
 * @param cameraTrackId the presenter's picture, whose frames are counted
 * @param awaited tracks of sounds that somebody sends
 */
export function countersOf(
  reports: readonly RTCStatsReport[],
  cameraTrackId: string | null,
  at: number,
  awaited: readonly string[] = [],
): LinkCounters {
  const sounds = new Map<string, SoundCounters>();
  const counters: LinkCounters = {
    at,
    received: 0,
    lost: 0,
    receivedBytes: 0,
    sentBytes: 0,
    sounds,
    awaited,
    framesDecoded: 0,
    frozenSeconds: 0,
    rttMs: null,
    sendingLoss: null,
    path: null,
  };
  for (const report of reports) {
    const entries = new Map<string, Entry>();
    for (const value of report.values()) entries.set(value.id, entry.parse(value));
    for (const stat of entries.values()) {
      if (stat.type === 'inbound-rtp') {
        counters.receivedBytes += stat.bytesReceived;
        if (stat.trackIdentifier === probator) continue;
        counters.received += stat.packetsReceived;
        counters.lost += stat.packetsLost;
        if (stat.kind === 'audio') {
          sounds.set(stat.trackIdentifier ?? stat.id, {
            packets: stat.packetsReceived,
            samples: stat.totalSamplesReceived,
            concealed: Math.max(0, stat.concealedSamples - stat.silentConcealedSamples),
          });
        }
        if (cameraTrackId !== null && stat.trackIdentifier === cameraTrackId) {
          counters.framesDecoded = stat.framesDecoded;
          counters.frozenSeconds = stat.totalFreezesDuration;
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

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : null;
}

/**
 * Share of the sound that was made up. Null when there was nothing to hear. A sender that is silent still sends a packet
 * every 400 ms, so that where none came, none gets through: browsers play silence then, as if that had been sent. Of several
 * sounds one alone that stops is its sender's line.
 */
function concealedBetween(before: LinkCounters, now: LinkCounters): number | null {
  let [samples, concealed, heard] = [0, 0, false];
  for (const [track, sound] of now.sounds) {
    const former = before.sounds.get(track) ?? { packets: 0, samples: 0, concealed: 0 };
    if (sound.packets <= former.packets) continue;
    heard = true;
    samples += Math.max(0, sound.samples - former.samples);
    concealed += Math.max(0, sound.concealed - former.concealed);
  }
  if (!heard) return now.awaited.some((track) => before.awaited.includes(track)) ? 1 : null;
  return share(concealed, samples);
}

/**
 * The state of the line between two readings.
 * @param pictureExpected whether the presenter's picture should be coming, so that its lack is told from silence
 * @param earlier a reading from which loss is counted: browsers tell of it in fits and starts
 */
export function linkBetween(
  before: LinkCounters,
  now: LinkCounters,
  pictureExpected: boolean,
  earlier: LinkCounters = before,
): LinkReport {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const since = (pick: (counters: LinkCounters) => number): number => Math.max(0, pick(now) - pick(before));
  const kbps = (bytes: number): number => Math.round((bytes * 8) / 1000 / seconds);
  const received = Math.max(0, now.received - earlier.received);
  const lost = Math.max(0, now.lost - earlier.lost);
  const frames = since((counters) => counters.framesDecoded);
  // A freeze is counted once it is over: while it lasts, there are no frames.
  const frozen = frames === 0 ? 1 : Math.min(1, since((counters) => counters.frozenSeconds) / seconds);
  return {
    rttMs: now.rttMs,
    loss: share(lost, received + lost) ?? (now.sendingLoss === null ? null : Math.min(1, Math.max(0, now.sendingLoss))),
    downKbps: kbps(since((counters) => counters.receivedBytes)),
    upKbps: kbps(since((counters) => counters.sentBytes)),
    fps: pictureExpected ? Math.round(frames / seconds) : null,
    frozen: pictureExpected ? frozen : null,
    concealed: concealedBetween(before, now),
    path: now.path,
  };
}
