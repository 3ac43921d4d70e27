import { describe, expect, it } from 'vitest';
import type { Link } from '../../../media/protocol.ts';
import { linkReport } from '../../../media/protocol.ts';
import { countersOf, type LinkCounters, linkBetween } from '../../../web/classroom/link-counters.ts';
import { linkWords, ownLinkWords } from '../../../web/classroom/link-words.ts';

const good: Link = {
  rttMs: 20,
  loss: 0,
  downKbps: 900,
  upKbps: 10,
  fps: 20,
  frozen: 0,
  concealed: 0,
  path: 'udp',
  rung: 'all',
  why: null,
};

function report(...stats: Record<string, unknown>[]): RTCStatsReport {
  return new Map(stats.map((stat) => [String(stat.id), stat])) as unknown as RTCStatsReport;
}

const nothing: LinkCounters = countersOf([], null, 0);

describe('the words for a room’s line', () => {
  it.each([
    [good, 'good', 'classroom.link.good'],
    [{ ...good, loss: 0.06 }, 'fair', 'classroom.link.loss'],
    [{ ...good, loss: 0.2 }, 'poor', 'classroom.link.loss'],
    [
      { ...good, rung: 'low_video' as const, why: { cause: 'speed' as const, value: 90.4 } },
      'fair',
      'classroom.link.speed',
    ],
    [
      { ...good, rung: 'slides_audio' as const, why: { cause: 'loss' as const, value: 0.3 } },
      'poor',
      'classroom.link.loss',
    ],
    [
      { ...good, rung: 'low_video' as const, why: { cause: 'picture' as const, value: 0 } },
      'fair',
      'classroom.link.frozen',
    ],
    [{ ...good, rung: 'low_video' as const }, 'fair', 'classroom.link.testing'],
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
    const slow: Link = { ...good, rung: 'slides_audio', why: { cause: 'speed', value: 61.7 } };
    expect(linkWords(slow, true).named).toEqual({ kbps: 62 });
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
            totalFreezesDuration: 0.3,
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
    expect(counters).toMatchObject({ received: 495, lost: 5, receivedBytes: 100_000 });
    expect([...counters.sounds.values()]).toEqual([{ packets: 95, samples: 48_000, concealed: 500 }]);
    expect(counters).toMatchObject({ framesDecoded: 20, frozenSeconds: 0.3, rttMs: 61, path: 'udp' });
    const link = linkBetween(nothing, counters, true);
    expect(link).toMatchObject({ loss: 0.01, downKbps: 800, fps: 20, frozen: 0.3, concealed: 500 / 48_000 });
    expect(linkReport.parse(link)).toEqual(link);
  });

  it('does not count what is sent only to see what the line carries as lost', () => {
    const inbound = { type: 'inbound-rtp', bytesReceived: 30_000 };
    const before = report({
      ...inbound,
      id: 'a',
      kind: 'audio',
      trackIdentifier: 's',
      packetsReceived: 50,
      packetsLost: 0,
    });
    const probation = {
      ...inbound,
      id: 'b',
      kind: 'video',
      trackIdentifier: 'probator',
      packetsReceived: 8,
      packetsLost: 8,
    };
    const counters = countersOf([before, report(probation)], null, 1000);
    expect(counters).toMatchObject({ received: 50, lost: 0, receivedBytes: 60_000 });
    // Between two lessons nothing else comes at all.
    expect(linkBetween(nothing, countersOf([report(probation)], null, 1000), false).loss).toBeNull();
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

  it('tells a picture that stands still from one that is not expected', () => {
    const later = { ...nothing, at: 5000, received: 250, receivedBytes: 20_000 };
    expect(linkBetween(nothing, later, true)).toMatchObject({ frozen: 1, fps: 0 });
    expect(linkBetween(nothing, later, false)).toMatchObject({ frozen: null, fps: null });
    expect(linkBetween(nothing, { ...later, framesDecoded: 60, frozenSeconds: 2 }, true)).toMatchObject({
      frozen: 0.4,
    });
  });

  it('reports what the far end lost when nothing comes in', () => {
    const sending = { ...nothing, at: 5000, sendingLoss: 0.08, sentBytes: 625_000 };
    expect(linkBetween(nothing, sending, false)).toMatchObject({ loss: 0.08, upKbps: 1000 });
  });

  it('never goes below zero when a new transport counts from the start', () => {
    const before = { ...nothing, received: 900, lost: 30, receivedBytes: 1e6 };
    const link = linkBetween(before, { ...nothing, at: 5000, received: 10 }, false);
    expect(linkReport.parse(link).downKbps).toBe(0);
  });
});

describe('the sound that is made up', () => {
  /** As Chromium counts on while nothing comes: silence that counts as never sent. */
  const sound = (track: string, packetsReceived: number, silentConcealedSamples: number) => ({
    ...{ id: `in-${track}`, type: 'inbound-rtp', kind: 'audio', trackIdentifier: track, packetsReceived },
    ...{ totalSamplesReceived: packetsReceived * 960 + silentConcealedSamples, silentConcealedSamples },
    concealedSamples: silentConcealedSamples,
  });
  const heard = (before: [object[], string[]], now: [object[], string[]]): number | null => {
    const [first, second] = [before, now].map(([stats, awaited], index) =>
      countersOf([report(...(stats as Record<string, unknown>[]))], null, index * 2000, awaited),
    );
    if (!first || !second) throw new Error('two readings');
    return linkBetween(first, second, false).concealed;
  };

  it('is all of it when not a packet came of what somebody sends', () => {
    expect(heard([[sound('a', 500, 0)], ['a']], [[sound('a', 500, 96_000)], ['a']])).toBe(1);
    expect(heard([[], ['a']], [[], ['a']])).toBe(1);
  });

  it('is none of a pause between words, in which a packet comes now and then', () => {
    expect(heard([[sound('a', 500, 0)], ['a']], [[sound('a', 505, 91_200)], ['a']])).toBe(0);
  });

  it('is nothing to tell of while everything is paused, or was just now', () => {
    expect(heard([[sound('a', 500, 0)], []], [[sound('a', 500, 96_000)], []])).toBeNull();
    expect(heard([[sound('a', 500, 0)], []], [[sound('a', 500, 96_000)], ['a']])).toBeNull();
    expect(heard([[], []], [[], []])).toBeNull();
  });

  it('is none of a line that brings one sender and not another, nor when one is gone', () => {
    const both = [sound('a', 500, 0), sound('b', 900, 0)];
    expect(
      heard(
        [both, ['a', 'b']],
        [
          [sound('a', 600, 0), sound('b', 900, 96_000)],
          ['a', 'b'],
        ],
      ),
    ).toBe(0);
    expect(heard([both, ['a', 'b']], [[sound('a', 600, 0)], ['a']])).toBe(0);
  });
});
