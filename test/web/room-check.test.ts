import { describe, expect, it } from 'vitest';
import type { Found } from '../../web/api/types.ts';
import type { Translate } from '../../web/locales/text.ts';
import { checkLines, speedWords, worstTone } from '../../web/room-check/check-words.ts';
import { pathOf, unreachable } from '../../web/room-check/link-probe.ts';
import { rose } from '../../web/room-check/loudspeaker.ts';

/** Shows the key and what it is filled with. */
const t = ((key: string, named: Record<string, unknown> = {}) =>
  [key.replace('classroom.check.', ''), ...Object.values(named).map(String)].join(' ')) as Translate;
const way = { reachable: true, rttMs: 40, lossUp: 0, lossDown: 0 };
const good: Found = {
  camera: { state: 'ok', name: 'HD', width: 1280, height: 720 },
  microphone: { state: 'ok', name: 'Array', levelDb: -40 },
  loudspeaker: { state: 'heard' },
  link: { udp: way, tcp: way, relay: null, downKbps: 8000, upKbps: 2000 },
};
const linkOf = (link: Partial<Found['link']>) => {
  const [line] = checkLines(t, { link: { ...good.link, ...link } });
  return [line?.tone, line?.words, line?.advice];
};

describe('a check in words', () => {
  it('is good when all is well, and says nothing to do', () => {
    const lines = checkLines(t, good);
    expect(lines.map(({ item, tone, advice }) => [item, tone, advice])).toEqual([
      ['camera', 'good', null],
      ['microphone', 'good', null],
      ['loudspeaker', 'good', null],
      ['link', 'good', null],
    ]);
    expect(lines[0]?.words).toBe('words.size 1280 720');
    expect(worstTone(lines)).toBe('good');
  });

  it('is as bad as its worst part, which says what to do', () => {
    const lines = checkLines(t, { ...good, microphone: { state: 'silent', name: 'Array', levelDb: -120 } });
    expect(worstTone(lines)).toBe('bad');
    expect(lines[1]).toMatchObject({ words: 'words.silent', advice: 'advice.silent' });
    const quiet = checkLines(t, { ...good, loudspeaker: { state: 'not_heard' } });
    expect(worstTone(quiet)).toBe('fair');
  });

  it('tells what has been found while the rest is still looked at', () => {
    expect(checkLines(t, { camera: good.camera }).map(({ item }) => item)).toEqual(['camera']);
  });

  it('judges a line by its loss, its speed and the way that is left', () => {
    const lost = { ...way, lossDown: 0.05 };
    expect(linkOf({})).toEqual(['good', 'words.speed words.mbit 8 0%', null]);
    expect(linkOf({ udp: lost })).toEqual(['fair', 'words.speed words.mbit 8 5%', 'advice.loss']);
    expect(linkOf({ udp: { ...way, lossUp: 0.2 } })[0]).toBe('bad');
    expect(linkOf({ udp: unreachable })).toEqual([
      'fair',
      'words.overTcp words.speed words.mbit 8 0%',
      'advice.overTcp',
    ]);
    expect(linkOf({ udp: unreachable, tcp: unreachable, relay: way })[2]).toBe('advice.overRelay');
    expect(linkOf({ udp: unreachable, tcp: unreachable })).toEqual(['bad', 'words.unreachable', 'advice.unreachable']);
    expect(linkOf({ downKbps: 640 })).toEqual(['fair', 'words.speed words.kbit 640 0%', 'advice.slow']);
    expect(linkOf({ downKbps: 90 })[0]).toBe('bad');
    expect(linkOf({ downKbps: null })).toEqual(['good', 'words.speedUnknown 0%', null]);
  });

  it('writes speeds as people do', () => {
    expect(speedWords(t, 2140)).toBe('words.mbit 2.1');
    expect(speedWords(t, 94_600)).toBe('words.mbit 95');
    expect(speedWords(t, 999)).toBe('words.kbit 999');
  });
});

describe('the reports of a probe', () => {
  const sending = [
    { type: 'outbound-rtp', packetsSent: 200 },
    { type: 'remote-inbound-rtp', packetsLost: 4 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.0415 },
  ];

  it('say how much is lost on each way', () => {
    const receiving = [{ type: 'inbound-rtp', packetsReceived: 190, packetsLost: 10 }];
    expect(pathOf(sending, receiving)).toEqual({ reachable: true, rttMs: 42, lossUp: 0.02, lossDown: 0.05 });
  });

  it('of a way on which nothing comes back say that it leads nowhere', () => {
    expect(pathOf(sending, [{ type: 'inbound-rtp', packetsReceived: 0, packetsLost: 0 }])).toMatchObject({
      reachable: false,
      lossDown: null,
    });
    expect(pathOf([], [])).toEqual(unreachable);
  });
});

describe('a chime', () => {
  const quiet = [-92, -88, -90, -91];
  it('is heard when each note rises above what was there before', () => {
    const loud = [-90, -41, -40, -42, -40];
    expect(
      rose([
        { before: quiet, during: loud },
        { before: quiet, during: loud },
      ]),
    ).toBe(true);
    expect(
      rose([
        { before: quiet, during: loud },
        { before: quiet, during: quiet },
      ]),
    ).toBe(false);
  });

  it('is not heard in a noise that was there all the time, nor in one clap', () => {
    const noise = [-40, -42, -39, -41];
    expect(rose([{ before: noise, during: noise }])).toBe(false);
    expect(rose([{ before: quiet, during: [-90, -30, -91, -89, -90] }])).toBe(false);
    expect(rose([{ before: [], during: [] }])).toBe(false);
  });
});
