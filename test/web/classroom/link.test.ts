import { describe, expect, it } from 'vitest';
import type { Link } from '../../../media/protocol.ts';
import { link as linkSchema } from '../../../media/protocol.ts';
import { countersOf, type LinkCounters, linkBetween } from '../../../web/classroom/link-counters.ts';
import { linkWords, ownLinkWords } from '../../../web/classroom/link-words.ts';

const good: Link = { rttMs: 20, loss: 0, downKbps: 900, upKbps: 10, fps: 20, concealed: 0, path: 'udp', rung: 'all' };

function report(...stats: Record<string, unknown>[]): RTCStatsReport {
  return new Map(stats.map((stat) => [String(stat.id), stat])) as unknown as RTCStatsReport;
}

const nothing: LinkCounters = countersOf([], null, 0);

describe('the words for a room’s line', () => {
  it.each([
    [good, 'good', 'classroom.link.good'],
    [{ ...good, loss: 0.06 }, 'fair', 'classroom.link.loss'],
    [{ ...good, loss: 0.2 }, 'poor', 'classroom.link.loss'],
    [{ ...good, rung: 'low_video' as const, downKbps: 90.4 }, 'fair', 'classroom.link.speed'],
    [{ ...good, rung: 'slides_audio' as const, downKbps: 40 }, 'poor', 'classroom.link.speed'],
    [{ ...good, concealed: 0.2 }, 'poor', 'classroom.link.choppy'],
    [{ ...good, rttMs: 900 }, 'fair', 'classroom.link.delay'],
  ])('%o', (link, tone, key) => {
    expect(linkWords(link, true)).toMatchObject({ tone, key });
  });

  it('says that it is recovering when the room is gone, whatever it reported before', () => {
    expect(linkWords(good, false)).toMatchObject({ tone: 'lost', key: 'classroom.link.recovering' });
    expect(linkWords(undefined, true).tone).toBe('unknown');
  });

  it('rounds what it names', () => {
    expect(linkWords({ ...good, loss: 0.1249 }, true).named).toEqual({ percent: 12 });
  });
});

describe('the words on the big screen', () => {
  it('tells the loss of the line before anything else', () => {
    expect(ownLinkWords(good, false, true).key).toBe('classroom.ownLink.lost');
    expect(ownLinkWords(good, true, false).key).toBe('classroom.ownLink.lost');
    expect(ownLinkWords(null, true, true).key).toBe('classroom.ownLink.measuring');
    expect(ownLinkWords(good, true, true).key).toBe('classroom.ownLink.good');
    expect(ownLinkWords({ ...good, rung: 'slides_audio' }, true, true).tone).toBe('poor');
  });
});

describe('the figures of a line', () => {
  it('adds up what came in and ignores silence that was never sent', () => {
    const counters = countersOf(
      [
        report(
          {
            id: 'a',
            type: 'inbound-rtp',
            kind: 'audio',
            packetsReceived: 95,
            packetsLost: 5,
            bytesReceived: 4000,
            totalSamplesReceived: 48000,
            concealedSamples: 4800,
            silentConcealedSamples: 4300,
          },
          {
            id: 'v',
            type: 'inbound-rtp',
            kind: 'video',
            trackIdentifier: 't',
            packetsReceived: 400,
            packetsLost: 0,
            bytesReceived: 96000,
            framesDecoded: 20,
            frameHeight: 360,
          },
          {
            id: 'p',
            type: 'candidate-pair',
            nominated: true,
            state: 'succeeded',
            currentRoundTripTime: 0.0614,
            localCandidateId: 'c',
          },
          { id: 'c', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
        ),
      ],
      't',
      1000,
    );
    expect(counters).toMatchObject({ received: 495, lost: 5, receivedBytes: 100_000, concealedSamples: 500 });
    expect(counters).toMatchObject({ framesDecoded: 20, frameHeight: 360, rttMs: 61, path: 'udp' });
    const link = linkBetween(nothing, counters, { picture: true, slides: true });
    expect(link).toMatchObject({ loss: 0.01, downKbps: 800, fps: 20, rung: 'all' });
    expect(linkSchema.parse(link)).toEqual(link);
  });

  it('knows a relay and TCP', () => {
    const through = (candidate: Record<string, unknown>) =>
      countersOf(
        [
          report(
            { id: 'p', type: 'candidate-pair', nominated: true, state: 'succeeded', localCandidateId: 'c' },
            { id: 'c', type: 'local-candidate', ...candidate },
          ),
        ],
        null,
        0,
      ).path;
    expect(through({ candidateType: 'relay', protocol: 'udp' })).toBe('relay');
    expect(through({ candidateType: 'host', protocol: 'tcp' })).toBe('tcp');
  });

  it('sees the ladder from below: no picture, a low picture', () => {
    const later = { ...nothing, at: 5000, received: 250, receivedBytes: 20_000 };
    expect(linkBetween(nothing, later, { picture: true, slides: true }).rung).toBe('slides_audio');
    expect(linkBetween(nothing, later, { picture: true, slides: false }).rung).toBe('audio');
    expect(linkBetween(nothing, later, { picture: false, slides: true })).toMatchObject({ rung: 'all', fps: null });
    const low = { ...later, framesDecoded: 100, frameHeight: 180 };
    expect(linkBetween(nothing, low, { picture: true, slides: true }).rung).toBe('low_video');
  });

  it('reports what the far end lost when nothing comes in', () => {
    const sending = { ...nothing, at: 5000, sendingLoss: 0.08, sentBytes: 625_000 };
    expect(linkBetween(nothing, sending, { picture: false, slides: true })).toMatchObject({ loss: 0.08, upKbps: 1000 });
  });

  it('never goes below zero when a new transport counts from the start', () => {
    const before = { ...nothing, received: 900, lost: 30, receivedBytes: 1e6 };
    const link = linkBetween(before, { ...nothing, at: 5000, received: 10 }, { picture: false, slides: false });
    expect(linkSchema.parse(link).downKbps).toBe(0);
  });
});
